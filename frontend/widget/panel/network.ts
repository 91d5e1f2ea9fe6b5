/** Whether there is a connection: of the device, and of the visitor's stream. */
import type { StreamState } from "../../shared/stream";
import { type Signal, signal } from "../view/signals";

/** A short loss of the connection is not worth a word. */
const QUIET = 2_000;

export class Network {
  readonly offline = signal(!navigator.onLine);
  /** The stream has been away for longer than a moment. */
  readonly away = signal(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(streaming: Signal<StreamState>) {
    const set = () => {
      this.offline.value = !navigator.onLine;
    };
    addEventListener("online", set);
    addEventListener("offline", set);
    streaming.subscribe((state) => this.#follow(state));
  }

  #follow(state: StreamState): void {
    if (state === "open") {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.away.value = false;
    } else if (state === "waiting") {
      this.#timer ??= setTimeout(() => {
        this.away.value = true;
      }, QUIET);
    }
  }
}
