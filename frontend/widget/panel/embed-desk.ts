/** Whether content of another company may be shown: asked of each, never assumed. */
import { PROVIDERS, type Provider } from "../../shared/providers";
import type { YesNo } from "../../shared/types";
import { signal } from "../view/signals";
import type { Session } from "./session";

export class EmbedDesk {
  /** What the visitor has said in this tab; receipts say it for later ones. */
  readonly said = signal<{ readonly [provider in Provider]?: YesNo }>({});

  constructor(private readonly session: Session) {}

  /** The browser asks on the visitor's behalf not to hand on anything, now or when they began. */
  get signalled(): boolean {
    return (
      (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true ||
      this.session.own.me.value?.receipts?.some(({ subject }) => subject === "gpc") === true
    );
  }

  /** What the visitor has said, here or before; `null` while nothing was. */
  chosen(provider: Provider): YesNo | null {
    return this.said.value[provider] ?? this.#proven(provider);
  }

  #proven(provider: Provider): YesNo | null {
    const subject = `embed:${provider}`;
    // The newest comes first.
    const receipt = this.session.own.me.value?.receipts?.find((one) => one.subject === subject);
    return receipt ? (receipt.answer === "given" ? "yes" : "no") : null;
  }

  /**
   * What holds: the visitor's own answer, else the browser's signal, else what the page that hosts
   * the widget has been told.
   */
  answer(provider: Provider): YesNo | null {
    const page = this.session.consent.value[provider] ?? this.session.consent.value.embeds;
    const told = typeof page === "boolean" ? (page ? "yes" : "no") : null;
    return this.chosen(provider) ?? (this.signalled ? "no" : told);
  }

  say(provider: Provider, answer: YesNo): void {
    this.said.value = { ...this.said.value, [provider]: answer };
    void this.#tell(provider, answer);
  }

  /** There is a visitor now: what was said before is recorded. */
  tell(): void {
    for (const provider of Object.keys(PROVIDERS) as Provider[]) {
      const answer = this.said.value[provider];
      if (answer) void this.#tell(provider, answer);
    }
  }

  async #tell(provider: Provider, answer: YesNo): Promise<void> {
    if (!this.session.token.value) return;
    try {
      await this.session.own.answer("embeds", { provider, answer });
    } catch {
      // What is not recorded holds in this tab and is asked again in the next one.
      return;
    }
    // From here on the receipt says it, also when another tab changes it.
    if (this.#proven(provider) !== answer || this.said.value[provider] !== answer) return;
    const { [provider]: _, ...others } = this.said.value;
    this.said.value = others;
  }
}
