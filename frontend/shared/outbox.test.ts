import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "./api";
import { inMemory } from "./kept";
import { Hold, Outbox, type OutboxItem } from "./outbox";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const problem = (status: number, code = "x", retry: number | null = null) =>
  new Problem(status, code, "", [], retry);

function open(answers: (Error | null)[] = [], kept = inMemory()) {
  const sent: string[] = [];
  const ids: string[] = [];
  const outbox = new Outbox({
    kept,
    onChange: () => undefined,
    send: async (item: OutboxItem) => {
      sent.push(item.text);
      ids.push(item.id);
      const answer = answers.shift();
      if (answer) throw answer;
    },
  });
  return { outbox, sent, ids, kept };
}

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

test("messages go in order, one after the other, and are forgotten when acknowledged", async () => {
  const { outbox, sent, kept } = open();
  for (const text of ["a", "b", "c"]) outbox.add("x", text);
  expect(kept.keys()).toHaveLength(3);
  await settle();
  expect(sent).toEqual(["a", "b", "c"]);
  expect(kept.keys()).toEqual([]);
});

test("a passing failure is tried again with the same id, and nothing overtakes", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const { outbox, sent, ids } = open([problem(0), problem(503), problem(429, "x", 7)]);
  outbox.add("x", "a");
  outbox.add("x", "b");
  await settle(1_000);
  await settle(2_000);
  expect(sent).toEqual(["a", "a", "a"]);
  await settle(7_400);
  expect(sent).toHaveLength(3);
  await settle(200);
  expect(sent).toEqual(["a", "a", "a", "a", "b"]);
  expect(new Set(ids.slice(0, 4)).size).toBe(1);
  expect(outbox.items()).toEqual([]);
});

test.each([409, 413, 422])(
  "%i is final: kept with its reason, and others go on",
  async (status) => {
    const { outbox, sent, ids } = open([problem(status, "why")]);
    outbox.add("x", "a");
    outbox.add("x", "b");
    await settle(60_000);
    expect(sent).toEqual(["a", "b"]);
    const [failed] = outbox.items();
    expect(failed?.failure?.code).toBe("why");
    outbox.retry(failed?.id ?? "");
    await settle();
    expect(sent).toEqual(["a", "b", "a"]);
    expect(ids[2]).not.toBe(ids[0]);
  },
);

test("a failed message can be taken back", async () => {
  const { outbox, kept } = open([problem(422)]);
  const { id } = outbox.add("x", "a");
  await settle();
  expect(outbox.take(id)?.text).toBe("a");
  expect(kept.keys()).toEqual([]);
});

test("who sends too much is told when it goes on, and no longer than that", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const { outbox } = open([problem(429, "rate_limited", 7), problem(503)]);
  outbox.add("x", "a");
  await settle();
  expect(outbox.items()[0]?.until).toBe(Date.now() + 7_000);
  await settle(7_000);
  expect(outbox.items()[0]?.until).toBe(0);
  await settle(2_000);
  expect(outbox.items()).toEqual([]);
});

test("lanes do not wait for each other", async () => {
  const { outbox, sent } = open([problem(503)]);
  outbox.add("x", "a");
  outbox.add("y", "b");
  await settle();
  expect(sent).toEqual(["a", "b"]);
});

test.each([new Hold(), problem(401)])("held until asked again: %s", async (cause) => {
  const { outbox, sent } = open([cause]);
  outbox.add("x", "a");
  await settle(120_000);
  expect(sent).toEqual(["a"]);
  outbox.flush();
  await settle();
  expect(sent).toEqual(["a", "a"]);
});

test("what was kept is sent by the next page, oldest first, failures stay failures", async () => {
  const kept = inMemory();
  const first = open([problem(422), problem(503)], kept);
  first.outbox.add("x", "bad");
  first.outbox.add("x", "a");
  first.outbox.add("x", "b");
  await settle();
  first.outbox.close();
  kept.set("out.broken", "{");
  const second = open([], kept);
  second.outbox.flush();
  await settle();
  expect(second.sent).toEqual(["a", "b"]);
  expect(second.outbox.items().map((item) => item.text)).toEqual(["bad"]);
});

test("a message that comes back on the stream counts as acknowledged", async () => {
  const { outbox, sent } = open([problem(0)]);
  const { id } = outbox.add("x", "a");
  await settle();
  outbox.acknowledge(id);
  await settle(60_000);
  expect(sent).toEqual(["a"]);
});

test("being online again sends at once", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const { outbox, sent } = open([problem(0), problem(0), problem(0), problem(0)]);
  outbox.add("x", "a");
  await settle(7_500);
  const before = sent.length;
  dispatchEvent(new Event("online"));
  await settle();
  expect(sent).toHaveLength(before + 1);
});
