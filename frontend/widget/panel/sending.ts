/** What the visitor has written on its way to the server, and what comes back of it. */
import { type Client, Problem } from "../../shared/api";
import type { Kept } from "../../shared/kept";
import { Hold, Outbox, type OutboxItem } from "../../shared/outbox";
import type { ChatEvent, SentMessage } from "../../shared/types";
import { signal } from "../view/signals";
import { sentEvent } from "./conversation";
import { Uploads } from "./uploads";

export interface Sender {
  client: () => Client;
  /** See that there is a visitor who has seen what is to be seen. Answers their token. */
  ready: () => Promise<string>;
  /** It has become an event of the chat. */
  onSent: (event: ChatEvent) => Promise<void>;
  /** The token is not known any more. */
  onLost: (token: string) => void;
  /** Whether this refusal gives everything back to where it was written. */
  gives: (refusal: Problem) => boolean;
  onReturn: (text: string, files: File[]) => void;
}

/** Files have a lane of their own: what is written meanwhile does not wait for them. */
const TEXTS = "chat";
const FILES = "files";

export class Sending {
  readonly pending = signal<OutboxItem[]>([]);
  readonly uploads = new Uploads();
  readonly outbox: Outbox;

  constructor(
    kept: Kept,
    private readonly by: Sender,
  ) {
    const show = () => {
      this.pending.value = this.outbox?.items() ?? [];
    };
    this.outbox = new Outbox({ kept, send: (item) => this.#send(item), onChange: show });
    show();
  }

  /** Send what is written, and files after it, each as a message. */
  add(text: string, files: readonly File[]): void {
    if (text) this.outbox.add(TEXTS, text);
    for (const file of files) this.outbox.add(FILES, "", file);
  }

  /** Take back what was not sent. */
  take(id: string): OutboxItem | null {
    const item = this.outbox.take(id);
    this.uploads.stop(id);
    return item;
  }

  async #send(item: OutboxItem): Promise<void> {
    try {
      await this.#sendNow(item);
    } catch (cause) {
      if (!(cause instanceof Problem) || !this.by.gives(cause)) throw cause;
      const items = this.outbox.items();
      for (const { id } of items) this.take(id);
      const texts = items.map(({ text }) => text).filter(Boolean);
      const files = items.flatMap(({ file }) => file ?? []);
      // The other lane has been given back with this one.
      if (items.length > 0) this.by.onReturn(texts.join("\n"), files);
      throw new Hold();
    }
  }

  async #sendNow(item: OutboxItem): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const token = await this.by.ready();
      // It may have been taken back while there was no token yet.
      if (!this.outbox.has(item.id)) throw new Hold();
      try {
        return await this.by.onSent(sentEvent(item, await this.#post(item, token)));
      } catch (cause) {
        // The token has just been forgotten: write as somebody new, once.
        if (!(cause instanceof Problem) || cause.status !== 401 || attempt > 0) throw cause;
        this.by.onLost(token);
      }
    }
  }

  #post({ id, text, file }: OutboxItem, token: string): Promise<SentMessage> {
    if (file) return this.uploads.send(token, id, file);
    return this.by.client().post<SentMessage>("/v1/widget/me/messages", { id, text });
  }
}
