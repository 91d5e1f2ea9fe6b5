/** What was chosen, company by company. Nothing is kept before something was chosen. */
import { PROVIDERS, type Provider } from "../shared/providers";

export type Answer = "yes" | "no";
const KEY = "chathaven.embeds";

export const COMPANIES = Object.keys(PROVIDERS) as Provider[];

export class Choices {
  #said: { [company in Provider]?: Answer } = read();
  readonly #followers = new Set<() => void>();

  /** The browser asks, for all pages, not to hand on anything. */
  get signalled(): boolean {
    return (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
  }

  /** The person's own answer; `null` while there is none. */
  said(company: Provider): Answer | null {
    return this.#said[company] ?? null;
  }

  /** What holds: the own answer, else the browser's signal, which refuses all. */
  answer(company: Provider): Answer | null {
    return this.said(company) ?? (this.signalled ? "no" : null);
  }

  say(answer: Answer, ...companies: Provider[]): void {
    for (const company of companies) this.#said[company] = answer;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#said));
    } catch {
      // Storage is closed: the choice holds for this page.
    }
    for (const follow of this.#followers) follow();
  }

  /** Hear of every answer. Answers how to stop. */
  follow(call: () => void): () => void {
    this.#followers.add(call);
    return () => this.#followers.delete(call);
  }
}

/** What was kept, as far as it is of our making. */
function read(): { [company in Provider]?: Answer } {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const entries = Object.entries(kept as Record<string, unknown>).filter(
      ([company, answer]) => company in PROVIDERS && (answer === "yes" || answer === "no"),
    );
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}
