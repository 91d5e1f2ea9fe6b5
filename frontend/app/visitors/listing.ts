/** The list of visitors, page by page, as it is searched and filtered. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { List, Visitor } from "../../shared/types";
import { client } from "../store/client";
import { onForget } from "../store/forget";

export type Answer = "any" | "yes" | "no" | "none";

export interface Listed {
  items: readonly Visitor[];
  next: string | null;
  loaded: boolean;
  loading: boolean;
  failure: unknown;
}

const NOTHING: Listed = { items: [], next: null, loaded: false, loading: true, failure: null };
const PAUSE = 180;

export function useVisitors(query: string, answer: Answer) {
  const [listed, setListed] = useState<Listed>(NOTHING);
  const asked = useRef<AbortController | null>(null);

  const load = useCallback(
    async (after: string | null) => {
      asked.current?.abort();
      const stop = new AbortController();
      asked.current = stop;
      setListed((before) => ({ ...before, loading: true, failure: null }));
      try {
        const { items, next } = await client.get<List<Visitor>>("/v1/visitors", {
          query: { q: query.trim(), marketing: answer === "any" ? null : answer, after },
          signal: stop.signal,
        });
        if (stop.signal.aborted) return;
        setListed((before) => ({
          items: after ? [...before.items, ...items] : items,
          next,
          loaded: true,
          loading: false,
          failure: null,
        }));
      } catch (failure) {
        if (!stop.signal.aborted) setListed((before) => ({ ...before, loading: false, failure }));
      }
    },
    [query, answer],
  );

  const first = useRef(true);
  useEffect(() => {
    const timer = setTimeout(() => void load(null), first.current ? 0 : PAUSE);
    first.current = false;
    return () => clearTimeout(timer);
  }, [load]);
  useEffect(() => () => asked.current?.abort(), []);
  // Whoever is erased, here or elsewhere, leaves the list at once.
  useEffect(
    () =>
      onForget((chatId) =>
        setListed((before) => ({
          ...before,
          items: before.items.filter((visitor) => visitor.chat_id !== chatId),
        })),
      ),
    [],
  );
  const again = useCallback(() => void load(null), [load]);
  const more = useCallback(() => {
    if (listed.next) void load(listed.next);
  }, [load, listed.next]);
  return { listed, again, more };
}
