/**
 * What the server has said, with what was done here laid on top of it until that is answered. So
 * an answer that is late, or a signal that something changed, never takes back what somebody has
 * just pressed; and a refusal takes back what was refused and nothing newer.
 */
import { type ReadonlySignal, signal } from "@preact/signals";

type Change<T> = (known: T) => T;

export class Laid<T> {
  readonly #shown;
  #said: T;
  #changes: readonly Change<T>[] = [];

  constructor(start: T) {
    this.#said = start;
    this.#shown = signal(start);
  }

  /** For screens. */
  get shown(): ReadonlySignal<T> {
    return this.#shown;
  }

  /** What the server said last. */
  get said(): T {
    return this.#said;
  }

  say(said: T): void {
    this.#said = said;
    this.#draw();
  }

  /** Lay a change on top of everything. Returns how to take it away again. */
  lay(change: Change<T>): () => void {
    this.#changes = [...this.#changes, change];
    this.#draw();
    return () => {
      const left = this.#changes.filter((one) => one !== change);
      if (left.length === this.#changes.length) return;
      this.#changes = left;
      this.#draw();
    };
  }

  #draw(): void {
    this.#shown.value = this.#changes.reduce((known, change) => change(known), this.#said);
  }
}
