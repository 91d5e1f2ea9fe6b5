/** The still card that stands where an embed would be, and the embed once it is allowed. */
import { PROVIDERS } from "../shared/providers";
import type { Choices } from "./choices";
import type { Found } from "./find";
import { SHEET } from "./look";
import type { Words } from "./words";

export class Card extends HTMLElement {
  #found: Found | null = null;
  #choices: Choices | null = null;
  #words: Words | null = null;
  #settings: () => void = () => undefined;
  #shown: string | null = null;
  #stop: () => void = () => undefined;

  /** Takes the place of an element of the page. */
  replace(
    element: Element,
    found: Found,
    choices: Choices,
    words: Words,
    settings: () => void,
  ): void {
    this.#found = found;
    this.#choices = choices;
    this.#words = words;
    this.#settings = settings;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [SHEET];
    this.lang = words.language;
    this.dir = words.dir;
    element.replaceWith(this);
  }

  connectedCallback(): void {
    this.#stop = this.#choices?.follow(() => this.#render()) ?? this.#stop;
    this.#render();
  }

  /** The page has taken it out, perhaps for good. */
  disconnectedCallback(): void {
    this.#stop();
  }

  #render(): void {
    const [found, choices, words, root] = [
      this.#found,
      this.#choices,
      this.#words,
      this.shadowRoot,
    ];
    if (!found || !choices || !words || !root) return;
    const answer = found.company && choices.answer(found.company);
    const state = `${answer}`;
    if (state === this.#shown) return;
    const held = root.activeElement !== null;
    this.#shown = state;
    root.replaceChildren(answer === "yes" ? this.#frame(found) : this.#still(found, words, answer));
    // Whoever pressed a button here goes on from here.
    if (held) root.querySelector<HTMLElement>("iframe,button")?.focus();
  }

  #frame(found: Found): HTMLElement {
    const frame = document.createElement("iframe");
    for (const [name, value] of Object.entries(found.frame)) frame.setAttribute(name, value);
    frame.title ||= found.company ? PROVIDERS[found.company] : "";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.src = found.src;
    return frame;
  }

  #still(found: Found, words: Words, answer: string | null): HTMLElement {
    const name = found.company ? PROVIDERS[found.company] : host(found.src);
    const say = (text: string) => text.replaceAll("{company}", name);
    const card = document.createElement("section");
    card.className = "card";
    card.setAttribute("aria-label", name);
    const text = document.createElement("p");
    const actions = document.createElement("div");
    actions.className = "actions";
    card.append(text, actions);
    const { company } = found;
    if (!company) {
      text.textContent = say(words.unknown);
      return card;
    }
    const choices = this.#choices;
    if (answer === "no") {
      text.textContent = say(choices?.said(company) ? words.refused : words.signal);
      actions.append(button(words.settings, () => this.#settings()));
      return card;
    }
    text.textContent = say(words.ask);
    actions.append(
      button(words.yes, () => choices?.say("yes", company)),
      button(words.no, () => choices?.say("no", company)),
    );
    return card;
  }
}

export function button(text: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

const host = (src: string): string => (URL.canParse(src) ? new URL(src).hostname : "?");
