/** The legal text that a visitor must have seen before the chat starts. */
import { signal } from "@preact/signals";
import type { Problem } from "../../shared/api";
import type { Notice } from "../../shared/types";

const CODES = ["notice_required", "notice_stale", "agreement_required"];

/** Where the visitor stands with the current text. */
export type Answer = "open" | "agreed" | "declined";

export class NoticeDesk {
  readonly current = signal<Notice | null>(null);
  readonly answer = signal<Answer>("open");
  /** The text was replaced after the visitor had seen an earlier one. */
  readonly changed = signal(false);

  show(notice: Notice | null): void {
    if (notice?.id !== this.current.value?.id) this.answer.value = "open";
    this.current.value = notice;
  }

  /** Whether a chat may start as things stand. */
  get allows(): boolean {
    return !this.current.value?.requires_agreement || this.answer.value === "agreed";
  }

  /** What to say about it when the visitor is created. */
  proof(): { notice_id?: string; agreed?: boolean } {
    const notice = this.current.value;
    if (!notice) return {};
    if (!notice.requires_agreement) return { notice_id: notice.id };
    return { notice_id: notice.id, agreed: this.answer.value === "agreed" };
  }

  /** Take the current text from a refusal. Answers whether it was one about the notice. */
  refused(problem: Problem): boolean {
    if (!CODES.includes(problem.code)) return false;
    const notice = problem.body.notice as Notice | null | undefined;
    this.changed.value = problem.code === "notice_stale" && this.current.value !== null;
    this.answer.value = "open";
    if (notice) this.current.value = notice;
    return true;
  }
}
