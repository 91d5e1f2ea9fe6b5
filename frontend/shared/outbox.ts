/** Messages on their way: kept until the server has acknowledged them, sent in order, once. */
import { Problem } from "./api";
import { backoff } from "./backoff";
import type { Kept } from "./kept";
import { uuid7 } from "./uuid7";

export interface OutboxItem {
  id: string;
  /** Messages of one lane are sent one after the other; lanes do not wait for each other. */
  lane: string;
  text: string;
  /** A file is sent alone, with no text. It lives in this page only: storage takes no files. */
  file?: File;
  /** Milliseconds since 1970 when it was written. */
  at: number;
  /** When it goes on, where the server found that there are too many: milliseconds since 1970. */
  until?: number;
  /** Why the server will not take it as it is; `null` while it is on its way. */
  failure: { code: string } | null;
}

/** Thrown by `send` when nothing must be tried again until `flush` is called. */
export class Hold extends Error {
  override readonly name = "Hold";
}

export interface OutboxOptions {
  kept: Kept;
  /** Post it under `item.id`. Throws `Problem`, or `Hold`. */
  send: (item: OutboxItem) => Promise<void>;
  /** Something was added, acknowledged, refused or dropped. */
  onChange: () => void;
}

const KEY = "out.";

export class Outbox {
  readonly #items = new Map<string, OutboxItem>();
  readonly #busy = new Set<string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #attempts = new Map<string, number>();
  #closed = false;

  constructor(private readonly options: OutboxOptions) {
    addEventListener("online", this.flush);
    this.reload();
  }

  /** In the order of writing. */
  items(lane?: string): OutboxItem[] {
    return [...this.#items.values()]
      .filter((item) => lane === undefined || item.lane === lane)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Whether it is still to be sent. */
  has(id: string): boolean {
    return this.#items.has(id);
  }

  /** Keep a message and begin to send it. */
  add(lane: string, text: string, file?: File): OutboxItem {
    const made = { id: uuid7(), lane, text, at: Date.now(), failure: null };
    const item = file ? { ...made, file } : made;
    this.#keep(item);
    this.options.onChange();
    void this.#work(lane);
    return item;
  }

  /**
   * Try a refused message again, as a new one: the refused id is spent, or belongs to another
   * text.
   */
  retry(id: string): void {
    const item = this.take(id);
    if (item) this.add(item.lane, item.text, item.file);
  }

  /** Remove a message, to drop it or to put its text back into the composer. */
  take(id: string): OutboxItem | null {
    const item = this.#items.get(id) ?? null;
    this.#forget(id);
    if (item) this.options.onChange();
    return item;
  }

  /** The message has come back on the stream: it is acknowledged, whatever happened to the answer. */
  acknowledge(id: string): void {
    if (this.has(id)) this.take(id);
  }

  /** Send now whatever waits. */
  readonly flush = (): void => {
    for (const lane of new Set(this.items().map((item) => item.lane))) {
      this.#attempts.delete(lane);
      void this.#work(lane);
    }
  };

  /**
   * Take up what this browser has kept, also what a closed tab has left; and let go of what another
   * tab has sent or forgotten.
   */
  reload(): void {
    const keys = this.options.kept.keys();
    for (const { id, file } of this.#items.values()) {
      if (!file && !keys.includes(KEY + id)) this.#items.delete(id);
    }
    for (const key of keys) {
      if (!key.startsWith(KEY)) continue;
      const item = parse(this.options.kept.get(key));
      if (item && !this.#items.has(item.id)) this.#items.set(item.id, item);
    }
    this.options.onChange();
  }

  /** Forget every message. */
  clear(): void {
    for (const id of [...this.#items.keys()]) this.#forget(id);
    this.options.onChange();
  }

  close(): void {
    this.#closed = true;
    removeEventListener("online", this.flush);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #keep(item: OutboxItem): void {
    this.#items.set(item.id, item);
    if (!item.file) this.options.kept.set(KEY + item.id, JSON.stringify(item));
  }

  #forget(id: string): void {
    this.#items.delete(id);
    this.options.kept.remove(KEY + id);
  }

  /** Send a lane's messages until it is empty, stuck or held. */
  async #work(lane: string): Promise<void> {
    if (this.#busy.has(lane)) return;
    clearTimeout(this.#timers.get(lane));
    this.#busy.add(lane);
    try {
      for (;;) {
        const item = this.items(lane).find(({ failure }) => failure === null);
        if (!item || this.#closed || !(await this.#deliver(item))) return;
      }
    } finally {
      this.#busy.delete(lane);
    }
  }

  /** Answers whether the lane may go on. */
  async #deliver(item: OutboxItem): Promise<boolean> {
    try {
      await this.options.send(item);
    } catch (cause) {
      if (!this.has(item.id)) return true;
      if (cause instanceof Hold) return false;
      if (!(cause instanceof Problem)) {
        this.#later(item.lane, null);
        throw cause;
      }
      if (cause.passing) {
        const wait = this.#later(item.lane, cause.retryAfter);
        this.#hold(item, cause.status === 429 ? Date.now() + wait : 0);
        return false;
      }
      if (cause.status === 401) return false;
      this.#keep({ ...item, failure: { code: cause.code } });
      this.options.onChange();
      return true;
    }
    this.#attempts.delete(item.lane);
    this.acknowledge(item.id);
    return true;
  }

  /** Try again after a while. Answers how long it is, in milliseconds. */
  #later(lane: string, retryAfter: number | null): number {
    const attempt = this.#attempts.get(lane) ?? 0;
    const wait = backoff(attempt, retryAfter);
    if (this.#closed) return wait;
    this.#attempts.set(lane, attempt + 1);
    this.#timers.set(
      lane,
      setTimeout(() => void this.#work(lane), wait),
    );
    return wait;
  }

  /** Say until when a message waits because there are too many; 0 when it waits for another reason. */
  #hold(item: OutboxItem, until: number): void {
    if (until === (item.until ?? 0)) return;
    this.#keep({ ...item, until });
    this.options.onChange();
  }
}

function parse(text: string | null): OutboxItem | null {
  try {
    const item = JSON.parse(text ?? "null") as OutboxItem | null;
    return item && typeof item.id === "string" && typeof item.text === "string" ? item : null;
  } catch {
    return null;
  }
}
