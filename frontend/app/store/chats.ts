/**
 * Every chat this browser knows, each in a signal of its own, so that one event redraws one row.
 *
 * Snapshots (answers to requests) and events (the stream) meet here in any order. The rule: a
 * snapshot counts when it has seen at least as many events as we have; what has no `seq`
 * (who is online, what was read) is taken from whoever spoke last, and read marks only grow.
 */
import { signal } from "@preact/signals";
import type { Chat, ChatEvent, ChatVisitor, StreamedEvent } from "../../shared/types";
import type { View } from "../router/routes";
import { changedParams } from "./fold";
import { Laid } from "./laid";

export class Chats {
  readonly #chats = new Map<string, Laid<Chat>>();
  readonly #ofVisitor = new Map<string, string>();
  /** Known before a reset, and not heard of since. */
  readonly #stale = new Set<string>();
  /** Erased for good: an answer that was on its way brings none of them back. */
  readonly #erased = new Set<string>();
  /** Of those, the ones that are only restricted or on hold. */
  readonly #hidden = new Set<string>();
  /** Grows whenever a chat comes, or something changes that decides where it is listed. */
  readonly version = signal(0);

  get(id: string): Chat | undefined {
    return this.#chats.get(id)?.shown.value;
  }

  peek(id: string): Chat | undefined {
    return this.#chats.get(id)?.shown.peek();
  }

  get size(): number {
    return this.#chats.size;
  }

  /** Take in a snapshot. */
  put(next: Chat): void {
    if (this.#erased.has(next.id)) return;
    const known = this.#chats.get(next.id);
    this.#ofVisitor.set(next.visitor.id, next.id);
    if (!known) {
      this.#chats.set(next.id, new Laid(next));
      this.version.value += 1;
      return;
    }
    const fresh = this.#stale.delete(next.id);
    this.#set(known, fresh ? next : merge(known.said, next));
  }

  /** Take in an event. False when the chat has to be fetched: it is not known, or events are missing. */
  apply(event: StreamedEvent): boolean {
    if (this.#erased.has(event.chat_id)) return true;
    const known = this.#chats.get(event.chat_id);
    if (!known) return false;
    const chat = known.said;
    this.#stale.delete(chat.id);
    if (event.seq > chat.last_seq) this.#set(known, after(chat, event));
    return event.seq <= chat.last_seq + 1;
  }

  read(id: string, marks: Pick<Chat, "operator_read_seq" | "visitor_read_seq" | "unread">): void {
    const known = this.#chats.get(id);
    if (!known) return;
    const chat = known.said;
    // A mark that is older than ours is a late message; its count is older too.
    const late = marks.operator_read_seq < chat.operator_read_seq;
    this.#set(known, {
      ...chat,
      operator_read_seq: Math.max(chat.operator_read_seq, marks.operator_read_seq),
      visitor_read_seq: Math.max(chat.visitor_read_seq, marks.visitor_read_seq),
      unread: late ? chat.unread : marks.unread,
    });
  }

  /** Change the person of a chat, as a form or the server says. */
  visitor(visitorId: string, change: Partial<ChatVisitor>): void {
    const known = this.#chats.get(this.#ofVisitor.get(visitorId) ?? "");
    if (!known) return;
    const chat = known.said;
    this.#set(known, { ...chat, visitor: { ...chat.visitor, ...change } });
  }

  /** Show a change until it is answered. Returns how to show it no longer. */
  lay(id: string, change: (known: Chat) => Chat): () => void {
    const known = this.#chats.get(id);
    if (!known) return () => undefined;
    let lift = (): void => undefined;
    this.#redraw(known, () => {
      lift = known.lay(change);
    });
    return () => this.#redraw(known, lift);
  }

  /** Who is there, as a whole: everybody else is not. */
  online(visitorIds: ReadonlySet<string>): void {
    for (const known of this.#chats.values()) {
      const { visitor } = known.said;
      const online = visitorIds.has(visitor.id);
      if (visitor.online !== online) this.visitor(visitor.id, { online });
    }
  }

  visitorsOnline(): string[] {
    return [...this.#chats.values()]
      .map((known) => known.shown.peek().visitor)
      .filter((visitor) => visitor.online)
      .map((visitor) => visitor.id);
  }

  chatOf(visitorId: string): string | undefined {
    return this.#ofVisitor.get(visitorId);
  }

  /** From now on, what is not put again is gone, and what is put again counts as it comes. */
  stale(): void {
    for (const id of this.#chats.keys()) this.#stale.add(id);
  }

  /** Let go of everything that was not put again. */
  dropStale(): void {
    for (const id of this.#stale) {
      const visitorId = this.#chats.get(id)?.said.visitor.id;
      this.#chats.delete(id);
      if (visitorId) this.#ofVisitor.delete(visitorId);
    }
    this.#stale.clear();
    this.version.value += 1;
  }

  /** The chat is gone with its visitor, and stays gone. */
  erase(id: string): void {
    const visitorId = this.#chats.get(id)?.said.visitor.id;
    this.#erased.add(id);
    this.#chats.delete(id);
    this.#stale.delete(id);
    if (visitorId) this.#ofVisitor.delete(visitorId);
    this.version.value += 1;
  }

  /** The chat is out of everybody's sight, until it is shown again. */
  hide(id: string): void {
    this.#hidden.add(id);
    this.erase(id);
  }

  show(id: string): void {
    if (this.#hidden.delete(id)) this.#erased.delete(id);
  }

  hidden(id: string): boolean {
    return this.#hidden.has(id);
  }

  erased(id: string): boolean {
    void this.version.value;
    return this.#erased.has(id);
  }

  /** Chats of a view, newest first, down to (and with) the time of `horizon`. */
  list(view: View, ownId: string, horizon: string | null): string[] {
    void this.version.value;
    const found: Chat[] = [];
    for (const known of this.#chats.values()) {
      const chat = known.shown.peek();
      if (belongs(chat, view, ownId) && (!horizon || chat.updated_at >= horizon)) found.push(chat);
    }
    found.sort(newestFirst);
    return found.map((chat) => chat.id);
  }

  /** Unread messages in open chats that are mine or nobody's: what the title and the badge count. */
  unread(ownId: string): number {
    void this.version.value;
    let sum = 0;
    for (const known of this.#chats.values()) {
      const chat = known.shown.peek();
      const ours = chat.assignee === null || chat.assignee.id === ownId;
      if (chat.stage === "open" && ours) sum += chat.unread;
    }
    return sum;
  }

  #set(known: Laid<Chat>, next: Chat): void {
    this.#redraw(known, () => known.say(next));
  }

  #redraw(known: Laid<Chat>, work: () => void): void {
    const before = known.shown.peek();
    work();
    if (moved(before, known.shown.peek())) this.version.value += 1;
  }
}

const newestFirst = (a: Chat, b: Chat): number =>
  a.updated_at < b.updated_at ? 1 : a.updated_at > b.updated_at ? -1 : a.id < b.id ? 1 : -1;

const moved = (a: Chat, b: Chat): boolean =>
  a.updated_at !== b.updated_at ||
  a.stage !== b.stage ||
  a.assignee?.id !== b.assignee?.id ||
  a.unread !== b.unread;

/** Whether a chat is listed in a view. */
export function belongs(chat: Chat, view: View, ownId: string): boolean {
  if (view === "all") return true;
  if (view === "closed") return chat.stage === "closed";
  if (chat.stage !== "open") return false;
  if (view === "mine") return chat.assignee?.id === ownId;
  return view === "open" || chat.assignee === null;
}

/** A snapshot over what we have. The older of the two keeps nothing but its read marks. */
export function merge(known: Chat, next: Chat): Chat {
  const newer = next.last_seq >= known.last_seq ? next : { ...known, visitor: next.visitor };
  const mark = Math.max(known.operator_read_seq, next.operator_read_seq);
  return {
    ...newer,
    operator_read_seq: mark,
    visitor_read_seq: Math.max(known.visitor_read_seq, next.visitor_read_seq),
    // Read here a moment ago, and the snapshot was taken before that.
    unread: mark >= newer.last_seq ? 0 : newer.unread,
  };
}

/** A chat after one more event, as the server will list it. */
export function after(chat: Chat, streamed: StreamedEvent): Chat {
  const { chat_id: _chat, visitor_id: _visitor, ...event } = streamed;
  const { seq } = event;
  const next: Chat = { ...chat, last_seq: seq, updated_at: event.created_at };
  switch (event.type) {
    case "visitor-message":
      return { ...next, last_event: event, unread: chat.unread + 1, visitor_read_seq: seq };
    // Whoever of us answers has read what stands above, for all of us.
    case "operator-message":
      return { ...next, last_event: event, unread: 0, operator_read_seq: seq };
    case "bot-message":
      return { ...next, last_event: event };
    case "message-edited":
    case "message-deleted":
      return { ...next, last_event: chat.last_event && told(chat.last_event, event) };
    case "chat-closed":
      return { ...next, stage: "closed" };
    case "chat-reopened":
      return { ...next, stage: "open" };
    case "chat-assigned":
      return { ...next, assignee: assigned(event) };
    default:
      return next;
  }
}

const told = (last: ChatEvent, event: ChatEvent): ChatEvent =>
  last.id === event.params.message_id
    ? { ...last, params: changedParams(last.params, event) }
    : last;

const assigned = ({ params }: ChatEvent): Chat["assignee"] =>
  params.operator_id ? { id: params.operator_id, name: params.operator_name ?? "" } : null;
