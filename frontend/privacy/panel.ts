/** The panel "Privacy settings": every company, with the answer that holds. */
import { PROVIDERS } from "../shared/providers";
import { button } from "./card";
import { type Answer, type Choices, COMPANIES } from "./choices";
import { SHEET } from "./look";
import type { Words } from "./words";

export class Panel {
  readonly #host = document.createElement("div");
  readonly #dialog = document.createElement("dialog");

  constructor(
    private readonly choices: Choices,
    private readonly words: Words,
  ) {
    const root = this.#host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [SHEET];
    this.#dialog.lang = words.language;
    this.#dialog.dir = words.dir;
    this.#dialog.setAttribute("aria-labelledby", "title");
    root.append(this.#dialog);
    choices.follow(() => this.#mark());
  }

  /** Shows it; Escape closes it, and the focus goes back to where it was. */
  open(): void {
    if (!this.#host.isConnected) {
      document.body.append(this.#host);
      this.#build();
    }
    this.#mark();
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  #build(): void {
    const title = document.createElement("h2");
    title.id = "title";
    title.textContent = this.words.settings;
    const lead = document.createElement("p");
    lead.textContent = this.words.lead;
    const all = document.createElement("div");
    all.className = "actions all";
    all.append(
      button(this.words.allowAll, () => this.choices.say("yes", ...COMPANIES)),
      button(this.words.refuseAll, () => this.choices.say("no", ...COMPANIES)),
    );
    const each = COMPANIES.map((company) => {
      const group = document.createElement("fieldset");
      const name = document.createElement("legend");
      name.textContent = PROVIDERS[company];
      const actions = document.createElement("div");
      actions.className = "actions one";
      const answers: [Answer, string][] = [
        ["yes", this.words.allow],
        ["no", this.words.refuse],
      ];
      for (const [answer, text] of answers) {
        const made = button(text, () => this.choices.say(answer, company));
        made.dataset.company = company;
        made.dataset.answer = answer;
        actions.append(made);
      }
      group.append(name, actions);
      return group;
    });
    const close = button(this.words.close, () => this.#dialog.close());
    this.#dialog.append(title, lead, ...each, all, close);
  }

  #mark(): void {
    for (const made of this.#dialog.querySelectorAll<HTMLButtonElement>("[data-company]")) {
      const { company, answer } = made.dataset;
      const holds = COMPANIES.find((one) => one === company);
      made.ariaPressed = String(holds !== undefined && this.choices.answer(holds) === answer);
    }
  }
}
