import { describe, expect, it } from "vitest";
import { answer, at, event, OPERATOR } from "../store/made";
import { type Outgoing, type Row, seenId, timeline, waiting } from "./timeline";

const draw = (more: Partial<Parameters<typeof timeline>[0]>) =>
  timeline({ events: [], outgoing: [], self: OPERATOR, unreadAfter: null, ...more });
const kinds = (rows: Row[]) => rows.map((row) => row.kind);
const sizes = (rows: Row[]) =>
  rows.flatMap((row) => (row.kind === "group" ? [row.bubbles.length] : []));
const sending = (id: string): Outgoing => ({
  id,
  text: "written",
  created_at: at(30),
  state: "sending",
});

describe("the timeline", () => {
  it("groups messages of one author, and begins a day with its line", () => {
    const rows = draw({ events: [event(1), event(2), answer(3), event(4)] });
    expect(kinds(rows)).toEqual(["day", "group", "group", "group"]);
    expect(sizes(rows)).toEqual([2, 1, 1]);
  });

  it("does not group over a long pause or a note", () => {
    const later = new Date(Date.parse(at(1)) + 6 * 60_000).toISOString();
    expect(sizes(draw({ events: [event(1), event(2, { created_at: later })] }))).toEqual([1, 1]);
    const note = event(2, { type: "chat-assigned", params: {} });
    expect(kinds(draw({ events: [event(1), note, event(3)] }))).toEqual([
      "day",
      "group",
      "note",
      "group",
    ]);
  });

  it("draws one line per day", () => {
    const next = new Date(Date.parse(at(1)) + 24 * 3_600_000).toISOString();
    const rows = draw({ events: [event(1), event(2), event(3, { created_at: next })] });
    expect(kinds(rows).filter((kind) => kind === "day")).toHaveLength(2);
  });

  it("marks the first unread message of the visitor, once", () => {
    const rows = draw({ events: [event(1), answer(2), event(3), event(4)], unreadAfter: 1 });
    expect(kinds(rows)).toEqual(["day", "group", "group", "unread", "group"]);
    expect(kinds(draw({ events: [event(1)], unreadAfter: null }))).not.toContain("unread");
  });

  it("puts what is on its way at the end, joined to the own group", () => {
    const rows = draw({ events: [answer(29)], outgoing: [sending("mine")] });
    expect(sizes(rows)).toEqual([2]);
  });

  it("shows a message once, whether the answer or the stream came first", () => {
    const events = [answer(1, { id: "mine" })];
    expect(waiting(events, [sending("mine"), sending("other")]).map((one) => one.id)).toEqual([
      "other",
    ]);
    expect(sizes(draw({ events, outgoing: [sending("mine")] }))).toEqual([1]);
  });
});

describe("seen", () => {
  it("is said of our last message only, when the visitor has read that far", () => {
    expect(seenId([answer(1), answer(2), event(3)], 2)).toBe("event-2");
    expect(seenId([answer(1), answer(2)], 1)).toBeNull();
    expect(seenId([event(1)], 1)).toBeNull();
  });
});
