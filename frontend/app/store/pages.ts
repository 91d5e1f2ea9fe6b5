/** A list that is read page by page; of what was asked before something else, nothing comes in. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { List } from "../../shared/types";

export interface Pages<T> {
  items: readonly T[];
  next: string | null;
  loaded: boolean;
  loading: boolean;
  failure: unknown;
}

const NOTHING = { items: [], next: null, loaded: false, loading: true, failure: null };

type Read<T> = (after: string | null, stop: AbortSignal) => Promise<List<T>>;

/** Begins again whenever `read` is another one, then after a pause of `wait` milliseconds. */
export function usePages<T>(read: Read<T>, wait = 0) {
  const [shown, setShown] = useState<Pages<T>>(NOTHING);
  const asked = useRef<AbortController | null>(null);
  const load = useCallback(
    async (after: string | null) => {
      asked.current?.abort();
      const stop = new AbortController();
      asked.current = stop;
      setShown((before) => ({ ...before, loading: true, failure: null }));
      try {
        const { items, next } = await read(after, stop.signal);
        if (stop.signal.aborted) return;
        setShown((before) => ({
          items: after ? [...before.items, ...items] : items,
          next,
          loaded: true,
          loading: false,
          failure: null,
        }));
      } catch (failure) {
        if (!stop.signal.aborted) setShown((before) => ({ ...before, loading: false, failure }));
      }
    },
    [read],
  );
  const first = useRef(true);
  useEffect(() => {
    const timer = setTimeout(() => void load(null), first.current ? 0 : wait);
    first.current = false;
    return () => clearTimeout(timer);
  }, [load, wait]);
  useEffect(() => () => asked.current?.abort(), []);
  const again = useCallback(() => void load(null), [load]);
  const { next, loading } = shown;
  const more = useCallback(() => {
    if (next && !loading) void load(next);
  }, [load, next, loading]);
  /** Take out what is known to be gone before it is read again. */
  const without = useCallback(
    (gone: (item: T) => boolean) =>
      setShown((before) => ({ ...before, items: before.items.filter((one) => !gone(one)) })),
    [],
  );
  return { shown, again, more, without };
}
