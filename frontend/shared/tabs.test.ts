import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inTurn } from "./leader";
import { SharedStream, type SharedStreamOptions } from "./shared-stream";

/** Locks and channels as browsers have them, in one process. */
class Channel {
  static readonly all = new Set<Channel>();
  onmessage: ((event: { data: unknown }) => void) | null = null;
  constructor(readonly name: string) {
    Channel.all.add(this);
  }
  postMessage(data: unknown) {
    const copy = structuredClone(data);
    for (const other of Channel.all) {
      if (other !== this && other.name === this.name) {
        queueMicrotask(() => other.onmessage?.({ data: copy }));
      }
    }
  }
  close() {
    Channel.all.delete(this);
  }
}

function fakeLocks() {
  const tails = new Map<string, Promise<unknown>>();
  return {
    request: (name: string, a: unknown, b?: unknown) => {
      const work = (b ?? a) as () => Promise<unknown>;
      const signal = b ? (a as { signal?: AbortSignal }).signal : undefined;
      const before = tails.get(name) ?? Promise.resolve();
      const mine = before.then(() => {
        if (signal?.aborted) throw signal.reason;
        return work();
      });
      tails.set(
        name,
        mine.catch(() => undefined),
      );
      return mine;
    },
  };
}

type Out = ReadableStreamDefaultController<Uint8Array>;
let streams: { lastId: string | null; out: Out; signal: AbortSignal }[];

beforeEach(() => {
  vi.useFakeTimers();
  streams = [];
  Channel.all.clear();
  vi.stubGlobal("BroadcastChannel", Channel);
  Object.defineProperty(navigator, "locks", { value: fakeLocks(), configurable: true });
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    const lastId = new Headers(init.headers).get("last-event-id");
    const body = new ReadableStream<Uint8Array>({
      start: (out) => {
        streams.push({ lastId, out, signal: init.signal as AbortSignal });
      },
    });
    return new Response(body);
  });
});
afterEach(() => {
  for (const tab of tabs.splice(0)) tab.close();
  vi.useRealTimers();
  Reflect.deleteProperty(navigator, "locks");
});

const tabs: SharedStream[] = [];
const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);
const live = () => streams.filter(({ signal }) => !signal.aborted);

function tab(more: Partial<SharedStreamOptions> = {}) {
  const seen: number[] = [];
  const log: string[] = [];
  const stream = new SharedStream({
    name: "test",
    url: "/stream",
    lastId: null,
    onEvent: (event) => seen.push(event.seq),
    onHello: (hello, resumed) =>
      log.push(`${resumed ? "resumed" : "fresh"} ${JSON.stringify(hello)}`),
    onSignal: (kind) => log.push(kind),
    onReset: () => null,
    ...more,
  });
  tabs.push(stream);
  return { stream, seen, log };
}

function send(text: string, index = streams.length - 1) {
  streams[index]?.out.enqueue(new TextEncoder().encode(text));
}
const hello = (position: number) => `event: hello\ndata: {"position":${position}}\n\n`;
const event = (id: number) => `id: ${id}\ndata: {"seq":${id},"chat_id":"c"}\n\n`;

test("three tabs, one connection, the same events in each", async () => {
  const all = [tab(), tab(), tab()];
  await settle();
  expect(streams).toHaveLength(1);
  send(`${hello(0) + event(1)}event: typing\ndata: {}\n\n`);
  await settle();
  for (const { seen, log } of all) {
    expect(seen).toEqual([1]);
    expect(log).toEqual(['fresh {"position":0}', "typing"]);
  }
});

test("a tab that joins later is greeted with the state as it is now", async () => {
  tab({ snapshot: () => ({ now: true }) });
  await settle();
  send(hello(4) + event(5));
  await settle();
  const late = tab();
  await settle();
  expect(late.log).toEqual(['fresh {"now":true}']);
  send(event(6));
  await settle();
  expect(late.seen).toEqual([6]);
});

test("when the leading tab closes, another goes on where it had got to", async () => {
  const first = tab();
  const second = tab();
  const third = tab();
  await settle();
  send(hello(0) + event(1) + event(2));
  await settle();
  first.stream.close();
  await settle();
  expect(live()).toHaveLength(1);
  expect(streams.at(-1)?.lastId).toBe("2");
  send(event(2) + event(3));
  await settle();
  expect(second.seen).toEqual([1, 2, 3]);
  expect(third.seen).toEqual([1, 2, 3]);
  expect(second.stream.leads).toBe(true);
});

test("where locks are blocked every tab has its own connection", async () => {
  const denied = { request: () => Promise.reject(new DOMException("denied", "SecurityError")) };
  Object.defineProperty(navigator, "locks", { value: denied, configurable: true });
  tab();
  tab();
  await settle();
  expect(live()).toHaveLength(2);
  const work = vi.fn(async () => undefined);
  await inTurn("x", work);
  expect(work).toHaveBeenCalledOnce();
});

test("work in turn does not overlap, and its own failure is not repeated", async () => {
  const log: string[] = [];
  const slow = (name: string) => async () => {
    log.push(`${name}+`);
    await new Promise((resolve) => setTimeout(resolve, 10));
    log.push(`${name}-`);
  };
  void inTurn("x", slow("a"));
  void inTurn("x", slow("b"));
  await settle(30);
  expect(log).toEqual(["a+", "a-", "b+", "b-"]);
  const failing = vi.fn(() => Promise.reject(new Error("no")));
  await expect(inTurn("x", failing)).rejects.toThrow("no");
  expect(failing).toHaveBeenCalledOnce();
});
