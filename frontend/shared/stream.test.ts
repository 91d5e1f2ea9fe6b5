import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EventStream, SILENCE, type StreamOptions } from "./stream";

interface Connection {
  lastId: string | null;
  send: (text: string) => void;
  close: () => void;
  aborted: () => boolean;
}

let connections: Connection[];
let answer: (() => Response) | null;

beforeEach(() => {
  vi.useFakeTimers();
  connections = [];
  answer = null;
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    let out: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        out = controller;
      },
    });
    init.signal?.addEventListener("abort", () => {
      try {
        out?.error(new Error("aborted"));
      } catch {
        // Closed before.
      }
    });
    connections.push({
      lastId: headers.get("last-event-id"),
      send: (text) => out?.enqueue(new TextEncoder().encode(text)),
      close: () => out?.close(),
      aborted: () => init.signal?.aborted ?? false,
    });
    return answer?.() ?? new Response(body, { status: 200 });
  });
});

afterEach(() => {
  stream?.stop();
  vi.useRealTimers();
});

let stream: EventStream | null = null;

function open(more: Partial<StreamOptions> = {}) {
  const seen: string[] = [];
  const log: string[] = [];
  stream = new EventStream({
    url: "/stream",
    lastId: "0",
    onEvent: (event, id) => seen.push(`${id}:${event.seq}`),
    onHello: (_hello, resumed) => log.push(resumed ? "resumed" : "fresh"),
    onSignal: (kind) => log.push(kind),
    onReset: () => "0",
    onGap: (gap) => log.push(`gap ${gap.after}-${gap.before}`),
    onEnded: () => log.push("ended"),
    ...more,
  });
  stream.start();
  return { seen, log };
}

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);
const event = (id: number, seq = id, chat = "c") =>
  `id: ${id}\ndata: ${JSON.stringify({ seq, chat_id: chat, id: `e${id}` })}\n\n`;
const signal = (kind: string, data: unknown) => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
const connection = (index: number): Connection => {
  const found = connections[index];
  if (!found) throw new Error(`no connection ${index}`);
  return found;
};

test("a broken connection is resumed after the last event, and nothing comes twice", async () => {
  const { seen } = open();
  await settle();
  connection(0).send(event(1) + event(2));
  await settle();
  connection(0).close();
  await settle(2_000);
  expect(connection(1).lastId).toBe("2");
  connection(1).send(event(2) + event(3));
  await settle();
  expect(seen).toEqual(["1:1", "2:2", "3:3"]);
});

test("a hole in seq makes it go back; a hole that stays is reported", async () => {
  const { seen, log } = open();
  await settle();
  connection(0).send(event(1) + event(5, 4));
  await settle();
  expect(connection(0).aborted()).toBe(true);
  expect(connection(1).lastId).toBe("1");
  expect(seen).toEqual(["1:1"]);
  connection(1).send(event(2) + event(3) + event(5, 4));
  await settle();
  expect(seen).toEqual(["1:1", "2:2", "3:3", "5:4"]);
  connection(1).send(event(9, 8));
  await settle();
  connection(2).send(event(9, 8));
  await settle();
  expect(log).toContain("gap 4-8");
  expect(seen.at(-1)).toBe("9:8");
});

test("chats do not count as holes in one another", async () => {
  const { seen } = open();
  await settle();
  connection(0).send(event(1, 1, "a") + event(2, 40, "b") + event(3, 2, "a"));
  await settle();
  expect(seen).toEqual(["1:1", "2:40", "3:2"]);
  expect(connections).toHaveLength(1);
});

test("silence is death, and a beat is life", async () => {
  open();
  await settle();
  await settle(SILENCE - 1_000);
  connection(0).send(signal("beat", { position: 0 }));
  await settle(SILENCE - 1_000);
  expect(connection(0).aborted()).toBe(false);
  await settle(1_500);
  expect(connection(0).aborted()).toBe(true);
  await settle(2_000);
  expect(connections).toHaveLength(2);
});

test("a beat ahead of us means something was lost; a second one is believed", async () => {
  open({ lastId: "3" });
  await settle();
  connection(0).send(signal("beat", { position: 5 }));
  await settle();
  expect(connection(1).lastId).toBe("3");
  connection(1).send(signal("beat", { position: 5 }));
  await settle();
  expect(connections).toHaveLength(2);
  expect(stream?.lastId).toBe("5");
});

test("a fresh stream begins where its hello says", async () => {
  const { log } = open({ lastId: null });
  await settle();
  expect(connection(0).lastId).toBe(null);
  connection(0).send(signal("hello", { position: 12 }) + event(12) + event(13));
  await settle();
  expect(stream?.lastId).toBe("13");
  expect(log).toEqual(["fresh"]);
});

test("reset loads anew and goes on from there; so does a server that knows less", async () => {
  const onReset = vi.fn(async () => "4");
  open({ lastId: "9", onReset });
  await settle();
  connection(0).send(signal("reset", {}));
  await settle();
  expect(connection(1).lastId).toBe("4");
  connection(1).send(signal("hello", { chat: { last_seq: 2 } }));
  await settle();
  expect(onReset).toHaveBeenCalledTimes(2);
});

test("bye is waited for, ended and 401 are final", async () => {
  const { log } = open();
  await settle();
  connection(0).send(signal("bye", { retry_after_ms: 5_000 }));
  await settle(4_900);
  expect(connections).toHaveLength(1);
  await settle(200);
  expect(connections).toHaveLength(2);
  connection(1).send(signal("ended", {}));
  await settle(60_000);
  expect(log).toEqual(["ended"]);
  expect(connections).toHaveLength(2);

  answer = () => new Response("", { status: 401 });
  const second = open();
  await settle(60_000);
  expect(second.log).toEqual(["ended"]);
  expect(connections).toHaveLength(3);
});

test("waiting between attempts grows, keeps to the server's wish, and ends when online", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  answer = () => new Response("", { status: 503 });
  open();
  for (const wait of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    const before = connections.length;
    await settle(wait - 10);
    expect(connections).toHaveLength(before);
    await settle(10);
    expect(connections).toHaveLength(before + 1);
  }
  const before = connections.length;
  dispatchEvent(new Event("online"));
  await settle();
  expect(connections).toHaveLength(before + 1);
  answer = () => new Response("", { status: 429, headers: { "retry-after": "100" } });
  await settle(1_500);
  const refused = connections.length;
  await settle(99_000);
  expect(connections).toHaveLength(refused);
});

test("the bearer token goes into a header, never into the address", async () => {
  const calls: [string, RequestInit][] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    calls.push([url, init]);
    return new Response("", { status: 401 });
  });
  open({ token: () => "secret" });
  await settle();
  expect(calls[0]?.[0]).toBe("/stream");
  expect(new Headers(calls[0]?.[1].headers).get("authorization")).toBe("Bearer secret");
  expect(calls[0]?.[1].credentials).toBe("omit");
});
