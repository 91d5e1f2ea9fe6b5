/** From events to what is drawn: day lines, notes, and bubbles in groups. Pure. */
import type { Author, ChatEvent, SentFile } from "../../shared/types";
import { daysAgo } from "../parts/when";
import { isChange } from "../store/fold";

export type Delivery = "sending" | "sent" | "failed" | "done";

/** A message of ours that the run of events does not have yet. */
export interface Outgoing {
  id: string;
  text: string;
  /** Of a file that is being sent. */
  upload?: File | undefined;
  /** Of a file that was acknowledged, and stands ahead of a gap. */
  file?: SentFile | undefined;
  created_at: string;
  state: Exclude<Delivery, "done">;
  /** Why it failed: the code of the problem. */
  reason?: string | undefined;
}

export interface Bubble {
  id: string;
  /** Its number in the chat; 0 while it has none. */
  seq: number;
  text: string;
  file?: SentFile | undefined;
  /** The file itself, while it is on its way. */
  upload?: File | undefined;
  at: string;
  delivery: Delivery;
  reason?: string | undefined;
  /** When its text was changed last. */
  edited?: string | undefined;
  /** When it was deleted: nothing of what it said is there. */
  gone?: string | undefined;
}

export interface Group {
  kind: "group";
  key: string;
  author: Author;
  /** Answers stand on the right, whoever of us wrote them. */
  side: "visitor" | "team";
  bubbles: Bubble[];
}

export type Row =
  | { kind: "day"; key: string; at: string }
  | { kind: "unread"; key: string }
  | { kind: "note"; key: string; event: ChatEvent }
  | Group;

interface Input {
  events: readonly ChatEvent[];
  outgoing: readonly Outgoing[];
  self: Author;
  /** Messages of the visitor after this one are new; null shows no line. */
  unreadAfter: number | null;
}

const TOGETHER = 5 * 60_000;

const isMessage = (event: ChatEvent): boolean => event.type.endsWith("-message");

const sideOf = (author: Author): Group["side"] => (author.kind === "visitor" ? "visitor" : "team");

const sameDay = (a: string, b: string): boolean => daysAgo(Date.parse(a), Date.parse(b)) === 0;

function joins(group: Group, author: Author, at: string): boolean {
  const last = group.bubbles.at(-1);
  return (
    last !== undefined &&
    group.author.kind === author.kind &&
    group.author.id === author.id &&
    Date.parse(at) - Date.parse(last.at) < TOGETHER
  );
}

export function timeline({ events, outgoing, self, unreadAfter }: Input): Row[] {
  const rows: Row[] = [];
  let before: string | null = null;
  let marked = unreadAfter === null;

  const dayTo = (at: string): void => {
    if (before === null || !sameDay(before, at)) rows.push({ kind: "day", key: `day-${at}`, at });
    before = at;
  };
  const add = (author: Author, bubble: Bubble): void => {
    const last = rows.at(-1);
    if (last?.kind === "group" && joins(last, author, bubble.at)) last.bubbles.push(bubble);
    else {
      rows.push({
        kind: "group",
        key: `group-${bubble.id}`,
        author,
        side: sideOf(author),
        bubbles: [bubble],
      });
    }
  };

  for (const event of events) {
    if (isChange(event)) continue;
    dayTo(event.created_at);
    if (!marked && event.type === "visitor-message" && event.seq > (unreadAfter ?? 0)) {
      rows.push({ kind: "unread", key: "unread" });
      marked = true;
    }
    if (!isMessage(event)) rows.push({ kind: "note", key: event.id, event });
    else {
      add(event.author, bubbleOf(event));
    }
  }
  for (const { created_at: at, state: delivery, ...more } of waiting(events, outgoing)) {
    dayTo(at);
    add(self, { ...more, seq: 0, at, delivery });
  }
  return rows;
}

function bubbleOf({ id, seq, created_at: at, params }: ChatEvent): Bubble {
  const { text = "", file, edited_at: edited, deleted_at: gone } = params;
  return { id, seq, text, file, at, delivery: "done", edited, gone };
}

/** Messages of ours that no event shows yet: the answer and the stream may come in any order. */
export function waiting(
  events: readonly ChatEvent[],
  outgoing: readonly Outgoing[],
): readonly Outgoing[] {
  if (outgoing.length === 0) return outgoing;
  const shown = new Set(events.slice(-500).map((event) => event.id));
  return outgoing.filter((message) => !shown.has(message.id));
}

/** The id of our last message that the visitor has read, when nothing of ours follows it. */
export function seenId(events: readonly ChatEvent[], visitorReadSeq: number): string | null {
  const last = events.findLast((event) => isMessage(event) && event.author.kind !== "visitor");
  return last && last.seq <= visitorReadSeq ? last.id : null;
}
