/** The legal text that a visitor must have seen, and where it asks for it agreed to, to write. */
import type { Problem } from "../../shared/api";
import type { Notice } from "../../shared/types";
import { signal } from "../view/signals";

const CODES = ["notice_required", "notice_stale", "agreement_required"];

/** Where the visitor stands with the current text. */
export type Answer = "open" | "agreed" | "declined";

export class NoticeDesk {
  readonly current = signal<Notice | null>(null);
  readonly answer = signal<Answer>("open");
  /** The text was replaced after the visitor had seen an earlier one. */
  readonly changed = signal(false);
  /** The chat has begun, and the current text has to be shown or agreed to before it goes on. */
  readonly due = signal(false);
  /** Counts how often the text has held a message back: it asks for attention then. */
  readonly held = signal(0);
  /** The text that has been on the screen. */
  #seen = "";

  show(notice: Notice | null): void {
    if (notice?.id !== this.current.value?.id) this.answer.value = "open";
    this.current.value = notice;
  }

  /** The current text is on the screen: to write now means that it was shown. */
  saw(): void {
    this.#seen = this.current.value?.id ?? "";
  }

  /** Whether a chat may start or go on as things stand. */
  get allows(): boolean {
    return !this.current.value?.requires_agreement || this.answer.value === "agreed";
  }

  /** What to say about it to the server: only what was on the screen, and what was answered. */
  proof(): { notice_id?: string; agreed?: boolean } {
    const notice = this.current.value;
    if (!notice || notice.id !== this.#seen) return {};
    if (!notice.requires_agreement) return { notice_id: notice.id };
    return { notice_id: notice.id, agreed: this.answer.value === "agreed" };
  }

  /** Take the current text from a refusal. Answers whether it was one about the notice. */
  refused(problem: Problem): boolean {
    if (!CODES.includes(problem.code)) return false;
    const notice = problem.body.notice as Notice | null | undefined;
    this.changed.value = problem.code === "notice_stale" && this.#seen !== "";
    if (notice) this.current.value = notice;
    this.ask();
    this.held.value += 1;
    return true;
  }

  /** Show it again, and let nothing through before it is answered. */
  ask(): void {
    this.answer.value = "open";
    this.due.value = true;
  }

  /** The server knows. */
  settle(): void {
    this.due.value = false;
    this.changed.value = false;
  }

  /** The visitor is somebody new, to whom nothing was shown. */
  reset(): void {
    this.settle();
    this.answer.value = "open";
    this.held.value = 0;
    this.#seen = "";
  }
}
