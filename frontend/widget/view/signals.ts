/**
 * Signals, as much of them as the panel needs. `@preact/signals` with the hooks that it brings is
 * a sixth of all that a visitor may download; here nothing is skipped when a computed value stays
 * the same, and a component draws again whenever something that it has read has changed.
 */
import { useEffect, useMemo } from "preact/hooks";

export interface Watcher {
  run: () => void;
  /** The watchers' sets that it stands in. */
  read: Set<Set<Watcher>>;
}

export interface ReadonlySignal<T> {
  readonly value: T;
}

export interface Signal<T> {
  value: T;
  /** Hear the value now and whenever it is another one. */
  subscribe: (hear: (value: T) => void) => () => void;
}

let watching: Watcher | null = null;

export function leave(watcher: Watcher): void {
  for (const readers of watcher.read) readers.delete(watcher);
  watcher.read.clear();
}

/** Do `work`, and run the watcher when anything that was read in it changes. */
export function watch<T>(watcher: Watcher, work: () => T): T {
  const before = watching;
  leave(watcher);
  watching = watcher;
  try {
    return work();
  } finally {
    watching = before;
  }
}

export function signal<T>(first: T): Signal<T> {
  const readers = new Set<Watcher>();
  let current = first;
  const made: Signal<T> = {
    get value() {
      if (watching) {
        readers.add(watching);
        watching.read.add(readers);
      }
      return current;
    },
    set value(next) {
      if (Object.is(current, next)) return;
      current = next;
      for (const reader of [...readers]) reader.run();
    },
    subscribe: (hear) =>
      effect(() => {
        const { value } = made;
        // What the listener reads is its own business.
        watch({ run: () => undefined, read: new Set() }, () => hear(value));
      }),
  };
  return made;
}

/** A value that follows from others: worked out at each reading. */
export function computed<T>(work: () => T): ReadonlySignal<T> {
  return {
    get value() {
      return work();
    },
  };
}

/** Run `work` now and whenever something that it has read changes. Answers how to end it. */
export function effect(work: () => void): () => void {
  const watcher: Watcher = { run: () => watch(watcher, work), read: new Set() };
  watcher.run();
  return () => leave(watcher);
}

/** A signal that stays with its component. */
export const useSignal = <T>(first: T): Signal<T> => useMemo(() => signal(first), []);

export function useSignalEffect(work: () => void): void {
  useEffect(() => effect(work), []);
}
