/**
 * What is known of one chat's events: one run without gaps, and what arrived ahead of a gap.
 *
 * Events come from three sides in any order (the page that was asked for, the stream, the answer
 * to a message of our own), and every one of them may come twice. `seq` is free of gaps on the
 * server, so a run that has none misses nothing.
 */
import type { ChatEvent } from "../../shared/types";
import { folded, isChange } from "./fold";

export interface Log {
  /** Ascending, each `seq` one more than the one before. */
  readonly run: readonly ChatEvent[];
  /** Ascending, behind a gap; joined to the run as soon as the gap is filled. */
  readonly ahead: readonly ChatEvent[];
  /** A page has come: the run says all there is between its ends. */
  readonly loaded: boolean;
}

export const EMPTY: Log = { run: [], ahead: [], loaded: false };

const bySeq = (a: ChatEvent, b: ChatEvent): number => a.seq - b.seq;

/** The first of each `seq` wins, so that what is on the screen keeps its identity. */
function unique(events: readonly ChatEvent[]): ChatEvent[] {
  const found = new Map<number, ChatEvent>();
  for (const event of events) if (!found.has(event.seq)) found.set(event.seq, event);
  return [...found.values()].sort(bySeq);
}

/** Split ascending events after the last that follows `from` without a gap. */
function split(events: readonly ChatEvent[], from: number): [ChatEvent[], ChatEvent[]] {
  let end = from;
  while (end + 1 < events.length && events[end + 1]?.seq === (events[end]?.seq ?? 0) + 1) end += 1;
  return [events.slice(0, end + 1), events.slice(end + 1)];
}

/** Take in a page of history, asked for by us. */
export function withPage(log: Log, page: readonly ChatEvent[]): Log {
  const anchor = log.run[0] ?? page[0] ?? log.ahead.find((event) => event.seq === 1);
  if (!anchor) return { ...log, loaded: true };
  const all = unique([...log.run, ...page, ...log.ahead]);
  let start = all.findIndex((event) => event.seq === anchor.seq);
  while (start > 0 && all[start - 1]?.seq === (all[start]?.seq ?? 0) - 1) start -= 1;
  const [run, ahead] = split(all.slice(start), 0);
  return { run: folded(run), ahead, loaded: true };
}

/** Take in one event that came by itself. The same log comes back when it says nothing new. */
export function withEvent(log: Log, event: ChatEvent): Log {
  const last = log.run.at(-1);
  if (!log.loaded || !last) {
    if (log.ahead.some((known) => known.seq === event.seq)) return log;
    // A chat that was loaded empty begins with its first event.
    if (log.loaded && event.seq === 1) return withPage(log, [event]);
    return { ...log, ahead: unique([...log.ahead, event]) };
  }
  if (event.seq <= last.seq || log.ahead.some((known) => known.seq === event.seq)) return log;
  const arrived = unique([...log.ahead, event]);
  const [run, ahead] = split([...log.run, ...arrived], log.run.length - 1);
  return { ...log, run: arrived.some(isChange) ? folded(run) : run, ahead };
}

/** Put a message that was changed here into its place, before the stream tells of it. */
export function withMessage(log: Log, id: string, change: (known: ChatEvent) => ChatEvent): Log {
  const put = (events: readonly ChatEvent[]): readonly ChatEvent[] =>
    events.map((event) => (event.id === id ? change(event) : event));
  return { ...log, run: put(log.run), ahead: put(log.ahead) };
}

/** The `seq` after which events are missing, or null when nothing is. */
export function gapAfter(log: Log): number | null {
  if (!log.loaded || log.ahead.length === 0) return null;
  return log.run.at(-1)?.seq ?? 0;
}

/** Whether the very first event of the chat is among those loaded. */
export const reachesStart = (log: Log): boolean =>
  log.loaded && (log.run.length === 0 || log.run[0]?.seq === 1);
