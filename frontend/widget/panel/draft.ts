/** What the visitor is about to send: words, files beside them, or another text for a message. */
import type { Problem } from "../../shared/api";
import type { Translator } from "../../shared/i18n";
import type { Kept } from "../../shared/kept";
import type { Widget } from "../../shared/types";
import { effect, type Signal, signal } from "../view/signals";
import type { MessageDesk } from "./message-desk";
import { K, type Key } from "./texts/keys";

/** Under this name the words are kept. */
const DRAFT = "draft";

/** What is said for each of the server's codes. */
const REASONS: Record<string, Key> = {
  too_large: K.file_large,
  unsupported_media: K.file_kind,
  held: K.message_held,
  message_deleted: K.deleted,
};

export class Draft {
  readonly text = signal("");
  readonly files = signal<readonly File[]>([]);
  /** What went wrong, in words. */
  readonly wrong = signal("");
  /** What was being written before a message was edited. */
  #aside = "";

  constructor(
    private readonly words: Translator<Key>,
    private readonly widget: Signal<Widget | null>,
    private readonly messages: () => MessageDesk,
    /** Whether a refusal is about the legal text, which is shown then. */
    private readonly refused: (problem: Problem) => boolean,
  ) {}

  /** Have the words outlive the page, for a visitor of whom something is kept anyway. */
  keep(kept: Kept, token: Signal<string | null>): void {
    const { text } = this;
    text.value = kept.get(DRAFT) ?? "";
    effect(() => {
      if (!token.value || this.messages().editing.value) return;
      if (text.value) kept.set(DRAFT, text.value);
      else kept.remove(DRAFT);
    });
  }

  get empty(): boolean {
    return !this.text.value.trim() && this.files.value.length === 0;
  }

  /** Put files beside the words; those that would be refused are named instead. */
  attach(files: Iterable<File>): void {
    const limits = this.widget.value?.files;
    if (!limits || this.messages().editing.value) return;
    this.wrong.value = "";
    for (const file of files) {
      const { name, size } = file;
      const ending = name.slice(name.lastIndexOf(".")).toLowerCase();
      const code = size > limits.max_bytes ? "too_large" : "unsupported_media";
      if (size <= limits.max_bytes && limits.accept.includes(ending)) {
        this.files.value = [...this.files.value, file];
      } else this.complain(code, name);
    }
  }

  detach(file: File): void {
    this.files.value = this.files.value.filter((one) => one !== file);
  }

  /** Put back what was not sent. */
  back(text: string, files: readonly File[] = []): void {
    this.leave();
    this.text.value = [text, this.text.value].filter(Boolean).join("\n");
    this.files.value = [...files, ...this.files.value];
  }

  /** Take what is there, to send it. */
  take(): [text: string, files: readonly File[]] {
    const taken = [this.text.value.trim(), this.files.value] as const;
    this.clear();
    return [...taken];
  }

  clear(): void {
    this.text.value = this.wrong.value = this.#aside = "";
    this.files.value = [];
  }

  /** Take a message into the composer. */
  edit(id: string): void {
    const messages = this.messages();
    if (!messages.editing.value) this.#aside = this.text.value;
    messages.menu.value = null;
    messages.editing.value = id;
    this.text.value = messages.textOf(id);
    this.wrong.value = "";
  }

  /** Leave the message as it is, and go on with what was being written. */
  leave(): void {
    const { editing } = this.messages();
    if (!editing.value) return;
    editing.value = null;
    this.text.value = this.#aside;
    this.wrong.value = "";
  }

  /** Give the message its new text. Answers whether that was done. */
  async save(): Promise<boolean> {
    const messages = this.messages();
    const id = messages.editing.value;
    const text = this.text.value.trim();
    if (!id || !text) return false;
    try {
      if (text !== messages.textOf(id)) await messages.edit(id, text);
    } catch (cause) {
      if (messages.editing.value !== id) return false;
      const { code } = cause as Problem;
      if (this.refused(cause as Problem)) return false;
      if (code === "message_deleted") {
        // What was written goes on as a message of its own.
        this.#aside = text;
        this.leave();
      }
      this.complain(code);
      return false;
    }
    // Who has gone on typing meanwhile is not done.
    if (messages.editing.value === id && this.text.value.trim() === text) this.leave();
    return true;
  }

  complain(code: string, name = ""): void {
    this.wrong.value = this.reason(code, name);
  }

  /** Why something did not go, in words, with what would go. */
  reason(code: string, name: string, otherwise: Key = K.try_failed): string {
    const { max_bytes = 0, accept = [] } = this.widget.value?.files ?? {};
    const kinds = accept.map((ending) => ending.slice(1)).join(", ");
    const size = sizeText(max_bytes, this.words.language);
    return this.words.t(REASONS[code] ?? otherwise, { name, size, kinds });
  }
}

/** A number of bytes, as the language writes it. */
export function sizeText(bytes: number, language: string): string {
  const large = bytes >= 2 ** 20;
  const value = Math.max(0.1, bytes / (large ? 2 ** 20 : 2 ** 10));
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: large ? "megabyte" : "kilobyte",
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
