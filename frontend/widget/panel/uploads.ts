/** Files on their way to the server: how far each is, and how to stop it. */
import { Hold } from "../../shared/outbox";
import type { SentMessage } from "../../shared/types";
import { isStopped, upload } from "../../shared/upload";
import { signal } from "../view/signals";

export class Uploads {
  /** How much is on its way, from 0 to 1, by the id of the message. */
  readonly progress = signal<Readonly<Record<string, number>>>({});
  readonly #stops = new Map<string, AbortController>();

  /** Send a file as the visitor with this token. Throws `Problem`, or `Hold` when it was stopped. */
  async send(token: string, id: string, file: File): Promise<SentMessage> {
    const stop = new AbortController();
    const onProgress = (part: number) => {
      this.progress.value = { ...this.progress.value, [id]: part };
    };
    this.#stops.set(id, stop);
    try {
      const path = "/v1/widget/me/files";
      const { name } = file;
      return await upload({ path, id, file, name, token, onProgress, signal: stop.signal });
    } catch (cause) {
      throw isStopped(cause) ? new Hold() : cause;
    } finally {
      this.#stops.delete(id);
      const { [id]: _, ...others } = this.progress.value;
      this.progress.value = others;
    }
  }

  stop(id: string): void {
    this.#stops.get(id)?.abort();
  }

  stopAll(): void {
    for (const stop of this.#stops.values()) stop.abort();
  }
}
