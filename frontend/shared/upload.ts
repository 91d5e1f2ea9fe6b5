/** Sending one file as a message: with progress, which `fetch` does not tell, and a way to stop. */
import { Problem, problemOf } from "./api";
import type { SentMessage } from "./types";

export interface Upload {
  path: string;
  /** The id of the message; the same again gives the same answer. */
  id: string;
  file: Blob;
  name: string;
  /** The bearer token of a visitor; operators' requests carry their cookie. */
  token?: string | null;
  /** Told how much is on its way, from 0 to 1. */
  onProgress?: (part: number) => void;
  signal?: AbortSignal;
}

/** Without a byte on its way or an answer for this long, the connection is dead: milliseconds. */
const SILENCE = 60_000;

/** The browser's own name for an upload that was stopped by whoever started it. */
export const isStopped = (cause: unknown): boolean =>
  cause instanceof DOMException && cause.name === "AbortError";

/** Send it. Throws `Problem`, or the `AbortError` of a stopped upload. */
export function upload({ path, id, file, name, token, onProgress, signal }: Upload) {
  return new Promise<SentMessage>((resolve, reject) => {
    const stopped = (): void => reject(new DOMException("stopped", "AbortError"));
    const lost = (): void => reject(new Problem(0, "unreachable", "No answer"));
    if (signal?.aborted) return stopped();
    const form = new FormData();
    form.append("id", id);
    form.append("file", file, name);
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("accept", "application/json");
    if (token) request.setRequestHeader("authorization", `Bearer ${token}`);
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    const watch = (): void => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => {
        lost();
        request.abort();
      }, SILENCE);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      watch();
      onProgress?.(total ? loaded / total : 0);
    };
    request.onloadend = () => clearTimeout(watchdog);
    request.onabort = stopped;
    request.onerror = lost;
    request.onload = () => {
      const text = request.responseText;
      if (request.status < 300) return resolve(JSON.parse(text) as SentMessage);
      const retry = request.getResponseHeader("retry-after");
      const headers: HeadersInit = retry ? { "retry-after": retry } : {};
      reject(problemOf(new Response(null, { status: request.status, headers }), text));
    };
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
    watch();
  });
}
