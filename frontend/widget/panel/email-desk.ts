/** Whether the chat asks for an e-mail address now. Asked once; what is known is not asked. */
import type { Kept } from "../../shared/kept";
import type { EmailRequest, Notice, Widget, YesNo } from "../../shared/types";
import { computed, type ReadonlySignal, type Signal, signal } from "../view/signals";
import type { Session } from "./session";

/** That this browser has been asked. */
const ASKED = "asked";

export class EmailDesk {
  /** What is in the field; kept while the card is not on the screen. */
  readonly address = signal("");
  readonly answer = signal<YesNo | null>(null);
  /** The visitor has just given it. */
  readonly given = signal(false);
  readonly #dismissed = signal(false);
  readonly asks: ReadonlySignal<boolean>;

  constructor(
    private readonly session: Session,
    private readonly widget: Signal<Widget | null>,
    private readonly kept: Kept,
  ) {
    this.asks = computed(() => {
      const { request } = this;
      const { token, own, conversation } = session;
      if (!request?.enabled || !token.value || own.me.value?.visitor.email) return false;
      if (this.#dismissed.value || this.kept.get(ASKED)) return false;
      const written = conversation.events.value.some(({ type }) => type === "visitor-message");
      // Who has begun to type is not interrupted because somebody came.
      const away = !widget.value?.online || this.address.value !== "";
      return written && (request.when === "always" || away);
    });
  }

  get request(): EmailRequest | undefined {
    return this.widget.value?.email_request;
  }

  /** The question about advertising, where one is asked. */
  get question(): Notice | null {
    const { request } = this;
    return request?.enabled && request.marketing.enabled ? request.marketing.question : null;
  }

  async save(): Promise<void> {
    const answer = this.answer.value;
    const email = this.address.value.trim();
    await this.session.own.correct({ email, ...(answer && this.answered(answer)) });
    this.given.value = true;
    this.dismiss();
  }

  /** An answer about advertising, with the words that it was given to. */
  answered(marketing: YesNo): Record<string, string> {
    const { question } = this;
    return { marketing, ...(question && { marketing_notice_id: question.id }) };
  }

  dismiss(): void {
    this.#dismissed.value = true;
    this.kept.set(ASKED, "1");
  }

  reset(): void {
    this.address.value = "";
    this.answer.value = null;
    this.given.value = false;
    this.#dismissed.value = false;
  }
}
