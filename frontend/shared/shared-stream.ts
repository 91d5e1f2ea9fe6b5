/** The event stream of a browser: one connection, however many tabs. */
import { joinTabs, type Leadership } from "./leader";
import { EventStream, type Gap, type StreamOptions, type StreamState } from "./stream";
import type { StreamedEvent } from "./types";

export interface SharedStreamOptions extends StreamOptions {
  /** Tabs with this name share a connection: one name per token or signed-in operator. */
  name: string;
  /** What a tab that joins later is greeted with; else the hello that the leader got. */
  snapshot?: () => unknown;
}

/** What tabs say to each other. */
type Message =
  | { kind: "ask" }
  | { kind: "event"; event: StreamedEvent; id: string }
  | { kind: "hello"; hello: unknown; resumed: boolean; last: string | null }
  | { kind: "greet"; hello: unknown; last: string | null; state: StreamState }
  | { kind: "signal"; name: string; data: unknown }
  | { kind: "state"; state: StreamState }
  | { kind: "gap"; gap: Gap }
  | { kind: "reset" }
  | { kind: "ended" };

export class SharedStream {
  // Not there yet while a tab without others begins to lead, within the constructor.
  #tabs: Leadership | null = null;
  #stream: EventStream | null = null;
  #last: string | null;
  #hello: unknown = null;

  constructor(private readonly options: SharedStreamOptions) {
    this.#last = options.lastId;
    this.#tabs = joinTabs({
      name: options.name,
      onLead: () => this.#lead(),
      onMessage: (message) => this.#hear(message as Message),
    });
    this.#say({ kind: "ask" });
  }

  get leads(): boolean {
    return this.#stream !== null;
  }

  close(): void {
    this.#tabs?.close();
  }

  #say(message: Message): void {
    this.#tabs?.publish(message);
  }

  /** Become the tab that holds the connection, going on where this tab has got to. */
  #lead(): () => void {
    const { options } = this;
    const stream = new EventStream({
      ...options,
      lastId: this.#last,
      onEvent: (event, id) => {
        this.#event(event, id);
        this.#say({ kind: "event", event, id });
      },
      onHello: (hello, resumed) => {
        this.#last = stream.lastId;
        this.#greeted(hello, resumed);
        this.#say({ kind: "hello", hello, resumed, last: this.#last });
      },
      onSignal: (name, data) => {
        options.onSignal(name, data);
        this.#say({ kind: "signal", name, data });
      },
      onReset: () => {
        this.#say({ kind: "reset" });
        return this.#reset();
      },
      onState: (state) => {
        options.onState?.(state);
        this.#say({ kind: "state", state });
      },
      onGap: (gap) => {
        options.onGap?.(gap);
        this.#say({ kind: "gap", gap });
      },
      onEnded: () => {
        this.#say({ kind: "ended" });
        options.onEnded?.();
      },
    });
    this.#stream = stream;
    stream.start();
    return () => {
      stream.stop();
      this.#stream = null;
    };
  }

  #event(event: StreamedEvent, id: string): void {
    if (this.#last !== null && Number(id) <= Number(this.#last)) return;
    this.#last = id;
    this.options.onEvent(event, id);
  }

  #greeted(hello: unknown, resumed: boolean): void {
    this.#hello = hello;
    this.options.onHello(hello, resumed);
  }

  /** Answer a tab that joins, or follow what the leading tab tells. */
  #hear(message: Message): void {
    if (message.kind === "ask") this.#answer();
    else if (!this.#stream) this.#follow(message);
  }

  #follow(message: Message): void {
    const { options } = this;
    if (message.kind === "event") {
      this.#event(message.event, message.id);
    } else if (message.kind === "hello") {
      this.#last ??= message.last;
      this.#greeted(message.hello, message.resumed && this.#hello !== null);
    } else if (message.kind === "greet" && this.#hello === null) {
      this.#last ??= message.last;
      options.onState?.(message.state);
      this.#greeted(message.hello, false);
    } else if (message.kind === "signal") {
      options.onSignal(message.name, message.data);
    } else if (message.kind === "state") {
      options.onState?.(message.state);
    } else if (message.kind === "gap") {
      options.onGap?.(message.gap);
    } else if (message.kind === "reset") {
      void this.#reset();
    } else if (message.kind === "ended") {
      options.onEnded?.();
    }
  }

  async #reset(): Promise<string | null> {
    this.#last = await this.options.onReset();
    return this.#last;
  }

  #answer(): void {
    if (!this.#stream || this.#hello === null) return;
    const hello = this.options.snapshot?.() ?? this.#hello;
    this.#say({ kind: "greet", hello, last: this.#last, state: this.#stream.state });
  }
}
