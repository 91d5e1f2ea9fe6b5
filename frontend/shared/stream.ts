/**
 * The event stream: one request that stays open, resumed where it broke off.
 *
 * What is delivered is delivered once and in order. A frame that was seen is dropped, a hole in a
 * chat's `seq` makes the stream go back for what is missing, silence of 40 s counts as dead.
 */
import { backoff } from "./backoff";
import { createParser, type Frame } from "./sse";
import type { StreamedEvent } from "./types";

export type StreamState = "connecting" | "open" | "waiting" | "ended";

export interface Gap {
  chat_id: string;
  /** The last `seq` before the hole and the first one after it. */
  after: number;
  before: number;
}

export interface StreamOptions {
  url: string;
  /** The visitor's bearer token; operators' streams carry their cookie. */
  token?: () => string | null;
  /** Resume after this id; `null` begins with what happens from now on. */
  lastId: string | null;
  onEvent: (event: StreamedEvent, id: string) => void;
  /** Connected. `resumed` is false when nothing links this to what was there before: load anew. */
  onHello: (hello: unknown, resumed: boolean) => void;
  /** `typing`, `read`, `presence`, `changed` and whatever else has a name and no id. */
  onSignal: (kind: string, data: unknown) => void;
  /** Drop everything; answers the id to resume after, or `null` to begin from now on. */
  onReset: () => Promise<string | null> | string | null;
  onState?: (state: StreamState) => void;
  /** Events are missing and the server does not have them on the stream: fetch the list. */
  onGap?: (gap: Gap) => void;
  /** Signed out or revoked; the stream does not come back by itself. */
  onEnded?: () => void;
}

/** Longer than this without a byte, and the connection is dead. Beats come every 25 s. */
export const SILENCE = 40_000;
/** A connection that lived this long was a good one: the next backoff starts small again. */
const SETTLED = 10_000;

/** Why a connection ends: gone for good, or to be tried again after so many milliseconds. */
type Outcome = "ended" | number;

export class EventStream {
  #last: string | null;
  #state: StreamState = "waiting";
  #stopped = true;
  #attempt = 0;
  #connection: AbortController | null = null;
  #wake: (() => void) | null = null;
  /** Cut by ourselves in order to come back at once. */
  #hurry = false;
  readonly #seqs = new Map<string, number>();
  /** What a reconnect was already tried for, so that it is not tried for ever. */
  #tried = "";

  constructor(private readonly options: StreamOptions) {
    this.#last = options.lastId;
  }

  /** The id of the last durable frame. */
  get lastId(): string | null {
    return this.#last;
  }

  get state(): StreamState {
    return this.#state;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    addEventListener("online", this.#reconnect);
    addEventListener("offline", this.#lost);
    document.addEventListener("visibilitychange", this.#seen);
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    removeEventListener("online", this.#reconnect);
    removeEventListener("offline", this.#lost);
    document.removeEventListener("visibilitychange", this.#seen);
    this.#connection?.abort();
    this.#wake?.();
  }

  /** After the network came back, an old connection is more often dead than alive. */
  readonly #reconnect = (): void => {
    this.#attempt = 0;
    this.#hurry = true;
    this.#connection?.abort();
    this.#wake?.();
  };

  readonly #lost = (): void => this.#connection?.abort();

  readonly #seen = (): void => {
    if (document.visibilityState === "visible") this.#wake?.();
  };

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const began = Date.now();
      const outcome = await this.#connect();
      if (this.#stopped) break;
      if (outcome === "ended") {
        this.stop();
        this.#become("ended");
        this.options.onEnded?.();
        return;
      }
      this.#attempt = Date.now() - began > SETTLED ? 0 : this.#attempt + 1;
      if (outcome > 0 && !this.#hurry) {
        this.#become("waiting");
        await this.#pause(outcome);
      }
    }
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }

  async #connect(): Promise<Outcome> {
    const connection = new AbortController();
    this.#connection = connection;
    this.#hurry = false;
    this.#become("connecting");
    let watchdog = setTimeout(() => connection.abort(), SILENCE);
    try {
      const response = await fetch(this.options.url, this.#request(connection.signal));
      if (response.status === 401) return "ended";
      if (!response.ok || !response.body) {
        const wait = Number(response.headers.get("retry-after"));
        return backoff(this.#attempt, wait > 0 ? wait : null);
      }
      const frames: Frame[] = [];
      const parse = createParser((frame) => frames.push(frame));
      const text = new TextDecoder();
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => connection.abort(), SILENCE);
        parse(text.decode(value, { stream: true }));
        for (const frame of frames.splice(0)) {
          const outcome = await this.#take(frame);
          if (outcome !== null) return outcome;
        }
      }
    } catch {
      // Cut, refused or aborted by us: all of them are answered by trying again.
    } finally {
      clearTimeout(watchdog);
      connection.abort();
    }
    return backoff(this.#attempt);
  }

  #request(signal: AbortSignal): RequestInit {
    const headers: Record<string, string> = { accept: "text/event-stream" };
    const token = this.options.token?.();
    if (token) headers.authorization = `Bearer ${token}`;
    if (this.#last !== null) headers["last-event-id"] = this.#last;
    return { headers, signal, cache: "no-store", credentials: token ? "omit" : "same-origin" };
  }

  /** Deal with one frame; anything but `null` ends the connection. */
  async #take(frame: Frame): Promise<Outcome | null> {
    if (this.#stopped) return "ended";
    const data = JSON.parse(frame.data) as Record<string, unknown>;
    if (!frame.event) return frame.id === null ? null : this.#durable(data, frame.id);
    switch (frame.event) {
      case "hello":
        return this.#hello(data);
      case "beat":
        return this.#beat(headOf(data));
      case "reset":
        return this.#reset();
      case "bye":
        return Math.max(1, Number(data.retry_after_ms) || 0);
      case "ended":
        return "ended";
      default:
        this.options.onSignal(frame.event, data);
        return null;
    }
  }

  async #hello(data: Record<string, unknown>): Promise<Outcome | null> {
    const head = headOf(data);
    const resumed = this.#last !== null;
    // The server knows less than we do: it was restored from a backup.
    if (resumed && head !== null && head < Number(this.#last)) return this.#reset();
    if (!resumed && head !== null) this.#last = String(head);
    this.#become("open");
    this.options.onHello(data, resumed);
    return null;
  }

  #beat(head: number | null): Outcome | null {
    if (head === null || head <= Number(this.#last ?? head)) return null;
    const claim = `beat ${head}`;
    if (this.#tried !== claim) {
      this.#tried = claim;
      return 0;
    }
    // Asked again and told nothing new: what is there is not for us.
    this.#last = String(head);
    return null;
  }

  async #reset(): Promise<Outcome> {
    this.#seqs.clear();
    this.#last = await this.options.onReset();
    return 0;
  }

  #durable(data: Record<string, unknown>, id: string): Outcome | null {
    if (this.#last !== null && Number(id) <= Number(this.#last)) return null;
    const event = data as unknown as StreamedEvent;
    const known = this.#seqs.get(event.chat_id);
    if (known !== undefined && event.seq > known + 1) {
      const claim = `gap ${event.chat_id} ${known}`;
      if (this.#tried !== claim) {
        this.#tried = claim;
        return 0;
      }
      this.options.onGap?.({ chat_id: event.chat_id, after: known, before: event.seq });
    }
    this.#last = id;
    if (known !== undefined && event.seq <= known) return null;
    this.#seqs.set(event.chat_id, event.seq);
    this.options.onEvent(event, id);
    return null;
  }

  #become(state: StreamState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.options.onState?.(state);
  }
}

/** The newest position that a hello or a beat tells: of the account, or of the visitor's chat. */
function headOf(data: Record<string, unknown>): number | null {
  const chat = data.chat as { last_seq?: unknown } | null | undefined;
  const head = data.position ?? data.seq ?? chat?.last_seq;
  return head === undefined || head === null ? null : Number(head);
}
