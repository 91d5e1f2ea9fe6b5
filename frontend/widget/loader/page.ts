/** The object on the page: calls that come before the widget is there wait, none is lost. */
import type { Config } from "./config";

type Method = (...args: unknown[]) => unknown;
export type Methods = Record<string, Method>;
export type Emit = (event: string, detail?: unknown) => void;
type Listener = (detail: unknown) => void;
/** What a page may have left in our place: calls in an array, or a stub with `_q` and `_l`. */
export type Left = { _q?: unknown; _l?: Record<string, unknown> } | unknown[] | undefined;

/**
 * Make the public object around the widget that `make` makes. It starts at the first call for
 * which `find` answers, which is when the settings of the page are there.
 */
export function createPage(
  make: (emit: Emit) => { start: (config: Config) => void; methods: Methods },
  find: () => Config | null,
) {
  const waiting: [string, unknown[]][] = [];
  const listeners: [string, Listener][] = [];
  let started = false;

  // In a task of its own: an error in a page's listener is the page's, and must not stop us.
  const tell = (listener: Listener, detail?: unknown) => setTimeout(() => listener(detail));
  const emit: Emit = (event, detail) => {
    for (const [name, listener] of listeners) if (name === event) tell(listener, detail);
  };
  const begin = () => {
    const config = started ? null : find();
    if (!config) return;
    started = true;
    start(config);
    emit("ready");
    for (const [method, args] of waiting) methods[method]?.(...args);
  };
  const q = (method: string, args: unknown[] = []) => {
    begin();
    if (started) return methods[method]?.(...args);
    waiting.push([method, args]);
    return undefined;
  };
  const on = (event: string, listener: Listener) => {
    listeners.push([event, listener]);
    if (started && event === "ready") tell(listener);
  };
  // An entry is `[method, args]`, as an array or as the arguments of a stub's function.
  const push = (entry: ArrayLike<unknown>) => q(entry[0] as string, [entry[1] ?? []].flat());
  const adopt = (left: Left) => {
    const stub = Array.isArray(left) ? { _q: left } : left;
    for (const [event, list] of Object.entries(stub?._l ?? {})) {
      for (const listener of [list].flat()) on(event, listener as Listener);
    }
    for (const entry of (stub?._q ?? []) as ArrayLike<unknown>[]) push(entry);
  };
  const api: Record<string, unknown> = { q, on, push };
  const { start, methods } = make(emit);
  for (const method in methods) api[method] = (...args: unknown[]) => q(method, args);
  return { api, adopt, begin };
}
