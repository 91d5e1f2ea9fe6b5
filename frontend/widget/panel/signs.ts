/** The small signs between people in a chat: who is writing, and how far somebody has read. */

import type { Client } from "../../shared/api";
import type { Author } from "../../shared/types";
import { signal } from "../view/signals";

const TYPING_SHOWN = 6_000;
const TYPING_SENT = 3_000;
const READ_DELAY = 300;

export class Signs {
  readonly typing = signal<string | null>(null);
  /** The newest `seq` that the visitor has had in view. */
  readonly read = signal(0);
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #readTimer: ReturnType<typeof setTimeout> | undefined;
  #typed = 0;

  /** Say that the visitor is typing, at most every three seconds. Whether it arrives is no matter. */
  type(client: Client): void {
    const now = Date.now();
    if (now - this.#typed < TYPING_SENT) return;
    this.#typed = now;
    client.post("/v1/widget/me/typing").catch(() => undefined);
  }

  /** Say what was read, once for several messages that come together. */
  markRead(client: Client, seq: number): void {
    if (seq <= this.read.value) return;
    this.read.value = seq;
    clearTimeout(this.#readTimer);
    this.#readTimer = setTimeout(() => {
      // The next answer in view says it again.
      client.post("/v1/widget/me/read", { seq: this.read.value }).catch(() => undefined);
    }, READ_DELAY);
  }

  /** Read in another tab. */
  readTo(seq: number | undefined): void {
    this.read.value = Math.max(this.read.value, seq ?? 0);
  }

  show(author: Author): void {
    if (author.kind === "visitor") return;
    this.typing.value = author.name ?? "";
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => this.hide(), TYPING_SHOWN);
  }

  hide(): void {
    clearTimeout(this.#typingTimer);
    this.typing.value = null;
  }

  clear(): void {
    this.hide();
    clearTimeout(this.#readTimer);
    this.read.value = 0;
  }
}
