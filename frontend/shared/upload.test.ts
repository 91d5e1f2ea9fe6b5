import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "./api";
import { isStopped, upload } from "./upload";

class Request {
  static last: Request;
  readonly upload: { onprogress?: (event: object) => void } = {};
  onabort?: () => void;
  onloadend?: () => void;
  aborted = false;
  open = () => {
    Request.last = this;
  };
  setRequestHeader = () => undefined;
  send = () => undefined;
  abort = () => {
    this.aborted = true;
    this.onabort?.();
    this.onloadend?.();
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("XMLHttpRequest", Request);
});
afterEach(() => {
  vi.useRealTimers();
});

const start = (signal?: AbortSignal) => {
  const file = new Blob(["x"]);
  const work = upload({ path: "/x", id: "i", file, name: "a", ...(signal && { signal }) });
  return work.catch((cause: unknown) => cause);
};

test("a connection that says nothing for a minute is given up, one that moves is not", async () => {
  const work = start();
  await vi.advanceTimersByTimeAsync(50_000);
  Request.last.upload.onprogress?.({ loaded: 1, total: 2 });
  await vi.advanceTimersByTimeAsync(50_000);
  expect(Request.last.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(Request.last.aborted).toBe(true);
  const cause = await work;
  expect(cause).toBeInstanceOf(Problem);
  expect(cause).toMatchObject({ status: 0, code: "unreachable", passing: true });
});

test("whoever stops it hears that it was stopped, and no watch is left", async () => {
  const stop = new AbortController();
  const work = start(stop.signal);
  stop.abort();
  expect(isStopped(await work)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
  expect(isStopped(await start(stop.signal))).toBe(true);
});
