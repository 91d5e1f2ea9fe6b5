/** The list of visitors, page by page, as it is searched and filtered. */
import { useCallback, useEffect } from "preact/hooks";
import type { List, Visitor } from "../../shared/types";
import { client } from "../store/client";
import { onForget } from "../store/forget";
import { usePages } from "../store/pages";

export type Answer = "any" | "yes" | "no" | "none";

/** So long nobody types before the server is asked, in milliseconds. */
const PAUSE = 180;

export function useVisitors(query: string, answer: Answer) {
  const read = useCallback(
    (after: string | null, signal: AbortSignal) =>
      client.get<List<Visitor>>("/v1/visitors", {
        query: { q: query.trim(), marketing: answer === "any" ? null : answer, after },
        signal,
      }),
    [query, answer],
  );
  const { shown, again, more, without } = usePages(read, PAUSE);
  // Whoever is erased, here or elsewhere, leaves the list at once.
  useEffect(() => onForget((chatId) => without(({ chat_id }) => chat_id === chatId)), [without]);
  return { listed: shown, again, more };
}
