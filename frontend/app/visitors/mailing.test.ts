import { afterEach, describe, expect, it, vi } from "vitest";
import type { Visitor } from "../../shared/types";
import { client } from "../store/client";
import { chat } from "../store/made";
import { cell, fetchMailing, mailingList } from "./mailing";

const visitor = (name: string, answer: "yes" | "no" | null, email: string | null): Visitor => ({
  ...chat(1).visitor,
  name,
  email,
  last_seen_at: "2026-11-23T09:00:00Z",
  chat_id: "chat-1",
  marketing: answer
    ? {
        answer,
        text: 'May we, "often", write?',
        text_version: "2",
        language: "en",
        answered_at: "2026-11-20T10:00:00Z",
        chat_id: null,
      }
    : { answer },
});

describe("a cell", () => {
  it.each([
    ["plain", "plain"],
    ["=1+1", "'=1+1"],
    ["+49 30", "'+49 30"],
    ["-x", "'-x"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\tx", "'\tx"],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\nlines", '"two\nlines"'],
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  ])("%j is %j", (value, expected) => {
    expect(cell(value)).toBe(expected);
  });
});

describe("the list", () => {
  it("names only those who said yes and have an address, and as of when", () => {
    const all = [
      visitor("=Ingrid", "yes", "ingrid@x.example"),
      visitor("Jonas", "no", "jonas@x.example"),
      visitor("Claire", null, "claire@x.example"),
      visitor("Tomasz", "yes", null),
    ];
    const [head, first, ...others] = mailingList(all, "2026-11-23T12:00:00Z").trim().split("\r\n");
    expect(head).toContain("permission as of 2026-11-23T12:00:00Z");
    expect(first).toBe(
      'ingrid@x.example,\'=Ingrid,yes,2026-11-20T10:00:00Z,2,en,"May we, ""often"", write?"',
    );
    expect(others).toEqual([]);
  });
});

describe("fetching it", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("asks for everybody who says yes, and tells the time at which it began to ask", async () => {
    vi.useFakeTimers();
    const get = vi.spyOn(client, "get").mockImplementation((async (_: string, more: unknown) => {
      const { after } = (more as { query: { after: string | null } }).query;
      // Somebody may withdraw while it is read: the list says no more than held at its beginning.
      vi.advanceTimersByTime(60_000);
      return after
        ? { items: [visitor("Jonas", "no", "jonas@x.example")], next: null }
        : { items: [visitor("Ingrid", "yes", "ingrid@x.example")], next: "more" };
    }) as typeof client.get);
    for (const began of ["2026-11-23T12:00:00Z", "2026-11-24T08:30:00Z"]) {
      vi.setSystemTime(new Date(began));
      const { name, text, count } = await fetchMailing();
      expect(text).toContain(`permission as of ${began}`);
      expect(name).toBe(`mailing-${began.replaceAll(":", "-")}.csv`);
      expect(count).toBe(1);
      expect(text).toContain("ingrid@x.example");
      expect(text).not.toContain("jonas@x.example");
    }
    // Who may not be written to the server knows; it leaves them out of those who say yes.
    expect(get).toHaveBeenCalledTimes(4);
    for (const [path, more] of get.mock.calls) {
      expect(path).toBe("/v1/visitors");
      expect(more).toMatchObject({ query: { marketing: "yes" } });
    }
  });
});
