import { describe, expect, it } from "vitest";
import { EMPTY, gapAfter, type Log, reachesStart, withEvent, withPage } from "./log";
import { event } from "./made";

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => event(from + at));
const seqs = (log: Log) => log.run.map((one) => one.seq);
const loaded = (from: number, to: number) => withPage(EMPTY, range(from, to));

/** All orders of a few things. */
function orders<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) =>
    orders([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}

describe("the log of a chat", () => {
  it("appends what follows", () => {
    expect(seqs(withEvent(loaded(1, 3), event(4)))).toEqual([1, 2, 3, 4]);
  });

  it("is the same log after something it knows", () => {
    const log = loaded(1, 3);
    expect(withEvent(log, event(2))).toBe(log);
    const ahead = withEvent(log, event(6));
    expect(withEvent(ahead, event(6))).toBe(ahead);
  });

  it("keeps the identity of what is on the screen when a page repeats it", () => {
    const log = loaded(1, 3);
    expect(withPage(log, range(1, 3)).run[1]).toBe(log.run[1]);
  });

  it("holds back what is ahead of a gap, and says where the gap is", () => {
    const log = withEvent(loaded(1, 3), event(6));
    expect(seqs(log)).toEqual([1, 2, 3]);
    expect(gapAfter(log)).toBe(3);
    const filled = withPage(log, range(4, 5));
    expect(seqs(filled)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(gapAfter(filled)).toBeNull();
  });

  it.each(orders([4, 5, 6, 7]))("ends the same when events come as %i %i %i %i", (...come) => {
    const log = come.reduce((before, seq) => withEvent(before, event(seq)), loaded(1, 3));
    expect(seqs(log)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(log.ahead).toEqual([]);
  });

  it("joins events that came while the first page was on its way", () => {
    const early = withEvent(withEvent(EMPTY, event(51)), event(52));
    expect(early.run).toEqual([]);
    expect(gapAfter(early)).toBeNull();
    expect(seqs(withPage(early, range(1, 50)))).toEqual(seqs(loaded(1, 52)));
    expect(seqs(withPage(early, range(3, 52)))).toEqual(seqs(loaded(3, 52)));
  });

  it("sees the gap when the page does not reach what came early", () => {
    const log = withPage(withEvent(EMPTY, event(60)), range(1, 50));
    expect(seqs(log).at(-1)).toBe(50);
    expect(gapAfter(log)).toBe(50);
  });

  it("puts older pages before, and leaves out one that does not connect", () => {
    expect(seqs(withPage(loaded(51, 60), range(41, 50)))).toEqual(seqs(loaded(41, 60)));
    expect(seqs(withPage(loaded(51, 60), range(1, 5)))).toEqual(seqs(loaded(51, 60)));
  });

  it("begins an empty chat with its first event", () => {
    const empty = withPage(EMPTY, []);
    expect(reachesStart(empty)).toBe(true);
    expect(seqs(withEvent(empty, event(1)))).toEqual([1]);
    expect(seqs(withPage(withEvent(EMPTY, event(1)), []))).toEqual([1]);
  });

  it("knows whether it reaches the start", () => {
    expect(reachesStart(EMPTY)).toBe(false);
    expect(reachesStart(loaded(2, 9))).toBe(false);
    expect(reachesStart(loaded(1, 9))).toBe(true);
  });
});
