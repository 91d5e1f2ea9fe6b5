/** Changing what the visitor has written, and taking it back. */
import type { Client, Problem } from "../../shared/api";
import type { EventParams } from "../../shared/types";
import { signal } from "../view/signals";
import type { Conversation } from "./conversation";

/** So long may a deletion be thought better of; the server hears of it after that. */
const UNDO = 8_000;

const pathOf = (id: string) => `/v1/widget/me/messages/${id}`;

export class MessageDesk {
  /** The message whose text is in the composer. */
  readonly editing = signal<string | null>(null);
  /** The message whose menu is open. */
  readonly menu = signal<string | null>(null);
  /** The message whose button gets the focus back. */
  readonly focused = signal<string | null>(null);
  /** Messages that are about to be deleted. */
  readonly leaving = signal<ReadonlyMap<string, ReturnType<typeof setTimeout>>>(new Map());

  constructor(
    private readonly client: () => Client,
    /** What is to be seen before writing has been told. */
    private readonly ready: () => Promise<void>,
    private readonly conversation: Conversation,
    /** A deletion was refused, with the server's code. */
    private readonly onRefused: (code: string) => void,
  ) {
    // Who closes the page has not undone it.
    addEventListener("pagehide", () => void this.flush());
  }

  /** The last message of the visitor's that can be edited; empty when there is none. */
  get last(): string {
    const mine = this.conversation.events.value.findLast(
      ({ id, type, params }) =>
        type === "visitor-message" && params.text && !this.leaving.value.has(id),
    );
    return mine?.id ?? "";
  }

  textOf(id: string): string {
    return this.conversation.events.value.find((event) => event.id === id)?.params.text ?? "";
  }

  /** Give the message another text. Throws `Problem`. */
  async edit(id: string, text: string): Promise<void> {
    await this.ready();
    const { edited_at } = await this.client().patch<EventParams>(pathOf(id), { text });
    this.conversation.fold({
      type: "message-edited",
      params: { message_id: id, text, ...(edited_at && { edited_at }) },
    });
  }

  /** Show it as deleted, and delete it unless that is undone in time. */
  remove(id: string): void {
    this.menu.value = null;
    this.#keep(
      id,
      setTimeout(() => void this.#delete(id), UNDO),
    );
  }

  undo(id: string): void {
    this.focused.value = id;
    this.#keep(id);
  }

  /** Delete now whatever is about to be. */
  async flush(): Promise<void> {
    await Promise.all([...this.leaving.value.keys()].map((id) => this.#delete(id)));
  }

  /** The visitor is somebody else. */
  reset(): void {
    for (const id of this.leaving.value.keys()) this.#keep(id);
    this.menu.value = null;
  }

  #keep(id: string, timer?: ReturnType<typeof setTimeout>): void {
    const leaving = new Map(this.leaving.value);
    clearTimeout(leaving.get(id));
    leaving.delete(id);
    if (timer) leaving.set(id, timer);
    this.leaving.value = leaving;
  }

  async #delete(id: string): Promise<void> {
    clearTimeout(this.leaving.value.get(id));
    try {
      await this.client().del(pathOf(id), undefined, { keepalive: true });
    } catch (cause) {
      const { code } = cause as Problem;
      if (code !== "message_deleted" && code !== "not_found") {
        this.onRefused(code);
        return this.#keep(id);
      }
    }
    const deleted_at = new Date().toISOString();
    const params = { message_id: id, deleted_at, deleted_by: "visitor" as const };
    this.conversation.fold({ type: "message-deleted", params });
    this.#keep(id);
  }
}
