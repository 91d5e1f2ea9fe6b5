/**
 * Signals, as much of them as the panel needs. `@preact/signals` with the hooks that it brings is
 * a sixth of all that a visitor may download; here nothing is skipped when a computed value stays
 * the same, and a component draws again whenever something that it has read has changed.
 */
import { type ComponentType, Fragment, options, type VNode } from "preact";
import { useEffect, useReducer, useRef, useState } from "preact/hooks";

interface Watcher {
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

function leave(watcher: Watcher): void {
  for (const readers of watcher.read) readers.delete(watcher);
  watcher.read.clear();
}

/** Do `work`, and run the watcher when anything that was read in it changes. */
function watch<T>(watcher: Watcher, work: () => T): T {
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

export function useSignal<T>(first: T): Signal<T> {
  return useState(() => signal(first))[0];
}

export function useSignalEffect(work: () => void): void {
  useEffect(() => effect(work), []);
}

type View = (props: never) => unknown;
const wrapped = new WeakMap<View, View>();

/** The component, drawn again when a signal that it has read changes. */
function following(view: View): View {
  const Following = (props: never) => {
    const [, again] = useReducer<number, void>((count) => count + 1, 0);
    const watcher = useRef<Watcher>({ run: again, read: new Set() }).current;
    useEffect(() => () => leave(watcher), []);
    return watch(watcher, () => view(props));
  };
  wrapped.set(view, Following);
  wrapped.set(Following, Following);
  return Following;
}

const before = options.vnode;
options.vnode = (node: VNode) => {
  const { type } = node;
  if (typeof type === "function" && type !== Fragment) {
    const view = type as View;
    node.type = (wrapped.get(view) ?? following(view)) as ComponentType;
  }
  before?.(node);
};
