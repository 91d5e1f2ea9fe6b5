/** The events of the visitor's chat: in order, without a hole, each once. */

import type { OutboxItem } from "../../shared/outbox";
import type { ChatEvent, List, SentMessage } from "../../shared/types";
import { signal } from "../view/signals";

const PAGE = 50;

export interface Source {
  get: <T>(path: string, options: { query: Record<string, number> }) => Promise<T>;
}

export function isMessage(event: ChatEvent): boolean {
  return event.type.endsWith("-message");
}

/** What the visitor did not write. */
export function isAnswer(event: ChatEvent): boolean {
  return isMessage(event) && event.author.kind !== "visitor";
}

/** The event that an acknowledged message has become. */
export function sentEvent(item: OutboxItem, sent: SentMessage): ChatEvent {
  return {
    seq: sent.seq,
    id: item.id,
    type: "visitor-message",
    author: { kind: "visitor", id: null, name: null },
    params: { text: item.text, ...(sent.file && { file: sent.file }) },
    created_at: sent.created_at,
  };
}

/** What happened to a message: a newer text, or that it is gone. */
export type Change = Pick<ChatEvent, "type" | "params">;

/** The events with a change put into the message that it is about; others change nothing. */
export function folded(events: readonly ChatEvent[], change: Change): readonly ChatEvent[] {
  const { message_id, text, edited_at, deleted_at, deleted_by } = change.params;
  const edited = change.type === "message-edited";
  // Without its text it tells of a change that a later one has replaced.
  if (edited ? text === undefined : change.type !== "message-deleted") return events;
  return events.map((event) => {
    // Gone stays gone, in whatever order it is told.
    if (event.id !== message_id || event.params.deleted_at) return event;
    const params = edited ? { ...event.params, text, edited_at } : { deleted_at, deleted_by };
    return { ...event, params } as ChatEvent;
  });
}

export class Conversation {
  readonly events = signal<readonly ChatEvent[]>([]);
  /** There are earlier events than those loaded. */
  readonly more = signal(false);
  readonly loadingOlder = signal(false);
  /** There is a chat and its messages are on their way. */
  readonly loading = signal(false);
  #ahead = new Map<number, ChatEvent>();
  #fetching: Promise<void> | null = null;
  /** Grows when everything is dropped, so that an answer to an earlier question is ignored. */
  #age = 0;

  constructor(
    private readonly source: () => Source,
    /** An event that is new to this tab, in order; not those of loaded pages. */
    private readonly onArrival: (event: ChatEvent) => void,
  ) {}

  /** The newest `seq` that is here. */
  get last(): number {
    return this.events.value.at(-1)?.seq ?? 0;
  }

  /** Load the newest page, of a chat that has got to `last`. */
  async load(last: number): Promise<void> {
    const age = this.#age;
    const items = last > 0 ? await this.#page({ before: last + 1, limit: PAGE }) : [];
    if (age !== this.#age) return;
    this.loading.value = false;
    this.events.value = items;
    this.more.value = (items[0]?.seq ?? 1) > 1;
    this.#settle();
  }

  async loadOlder(): Promise<void> {
    const first = this.events.value[0]?.seq ?? 1;
    if (!this.more.value || this.loadingOlder.value) return;
    const age = this.#age;
    this.loadingOlder.value = true;
    try {
      const items = await this.#page({ before: first, limit: PAGE });
      if (age !== this.#age) return;
      // What has changed while the page was on its way is told by events that are here.
      const known = this.events.value;
      this.events.value = [...known.reduce(folded, items), ...known];
      this.more.value = (items[0]?.seq ?? 1) > 1;
    } catch {
      // Scrolling up again asks again.
    } finally {
      this.loadingOlder.value = false;
    }
  }

  /**
   * Take an event from the stream or from an answer. One that is known is dropped; one from
   * beyond a hole waits until the hole is filled, or the page that is being loaded has come.
   */
  async take(event: ChatEvent): Promise<void> {
    if (event.seq <= this.last) return;
    this.#ahead.set(event.seq, event);
    this.#settle();
    if (this.#ahead.size > 0 && !this.loading.value) await this.catchUp();
  }

  /** Fetch what was missed. Failing is quiet: the next event or connection asks again. */
  catchUp(): Promise<void> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  /** What an answer tells before the stream does. */
  fold(change: Change): void {
    this.events.value = folded(this.events.value, change);
  }

  clear(): void {
    this.#age += 1;
    this.events.value = [];
    this.more.value = this.loading.value = false;
    this.#ahead.clear();
  }

  async #fetch(): Promise<void> {
    const age = this.#age;
    try {
      for (;;) {
        const answer = await this.source().get<List<ChatEvent>>("/v1/widget/me/events", {
          query: { after: this.last, limit: 200 },
        });
        if (age !== this.#age) return;
        for (const event of answer.items) this.#ahead.set(event.seq, event);
        this.#settle();
        if (!answer.next || answer.items.length === 0) return;
      }
    } catch {
      // Asked again by the next event or connection.
    }
  }

  /** Append whatever follows the last event directly. */
  #settle(): void {
    const arrived: ChatEvent[] = [];
    for (const seq of [...this.#ahead.keys()].sort((a, b) => a - b)) {
      const event = this.#ahead.get(seq);
      const expected = this.last + arrived.length + 1;
      if (event && seq === expected) arrived.push(event);
      if (seq <= expected) this.#ahead.delete(seq);
    }
    if (arrived.length === 0) return;
    this.events.value = arrived.reduce(folded, [...this.events.value, ...arrived]);
    for (const event of arrived) this.onArrival(event);
  }

  async #page(query: Record<string, number>): Promise<ChatEvent[]> {
    const answer = await this.source().get<List<ChatEvent>>("/v1/widget/me/events", { query });
    return answer.items;
  }
}
