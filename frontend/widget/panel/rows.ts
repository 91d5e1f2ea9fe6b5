/** From events to what is drawn: day lines and groups of bubbles with one time each. */
import type { OutboxItem } from "../../shared/outbox";
import type { ChatEvent, EventParams } from "../../shared/types";
import { isMessage } from "./conversation";

/** Messages further apart than this do not stand in one group. */
const APART = 5 * 60_000;

export interface Bubble {
  id: string;
  params: EventParams;
  at: Date;
  /** On its way or refused; `null` once it is in the chat. */
  item: OutboxItem | null;
}

export interface Group {
  kind: "group";
  key: string;
  mine: boolean;
  /** Who wrote it; empty for the visitor and for nobody in particular. */
  name: string;
  bubbles: Bubble[];
}

export interface Day {
  kind: "day";
  key: string;
  date: Date;
}

export type Row = Group | Day;

export function rowsOf(events: readonly ChatEvent[], pending: readonly OutboxItem[]): Row[] {
  const rows: Row[] = [];
  const known = new Set(events.map((event) => event.id));
  let day = "";
  const add = (mine: boolean, name: string, bubble: Bubble) => {
    const date = bubble.at.toDateString();
    if (date !== day) rows.push({ kind: "day", key: `day ${date}`, date: bubble.at });
    day = date;
    const group = rows.at(-1);
    const before = group?.kind === "group" ? group.bubbles.at(-1) : undefined;
    if (
      group?.kind === "group" &&
      group.mine === mine &&
      group.name === name &&
      before &&
      bubble.at.getTime() - before.at.getTime() < APART
    ) {
      group.bubbles.push(bubble);
    } else {
      rows.push({ kind: "group", key: bubble.id, mine, name, bubbles: [bubble] });
    }
  };
  for (const event of events) {
    if (!isMessage(event)) continue;
    const mine = event.author.kind === "visitor";
    const at = new Date(event.created_at);
    const { id, params } = event;
    add(mine, mine ? "" : (event.author.name ?? ""), { id, params, at, item: null });
  }
  for (const item of pending) {
    if (known.has(item.id)) continue;
    add(true, "", { id: item.id, params: { text: item.text }, at: new Date(item.at), item });
  }
  return rows;
}

/** Up to two letters for a face. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map(
    (word) => [...(word ?? "")][0] ?? "",
  );
  return letters.join("").toLocaleUpperCase();
}
