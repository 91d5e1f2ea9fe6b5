/** Finding chats: what is here matches at once, what the server finds is added. */
import { signal } from "@preact/signals";
import type { Chat, List } from "../../shared/types";
import { client } from "../store/client";
import { chats } from "../store/state";

export interface Search {
  query: string;
  /** What the server found, best first; null until it has answered. */
  found: readonly string[] | null;
  failure: unknown;
}

export const search = signal<Search>({ query: "", found: null, failure: null });

const PAUSE = 180;
let timer: ReturnType<typeof setTimeout> | undefined;
let asked: AbortController | null = null;

export function setQuery(query: string): void {
  clearTimeout(timer);
  asked?.abort();
  search.value = { query, found: null, failure: null };
  if (query.trim()) timer = setTimeout(() => void ask(query), PAUSE);
}

async function ask(query: string): Promise<void> {
  asked = new AbortController();
  const { signal: stop } = asked;
  try {
    const { items } = await client.get<List<Chat>>("/v1/chats", {
      query: { view: "all", q: query.trim(), limit: 50 },
      signal: stop,
    });
    for (const chat of items) chats.put(chat);
    if (search.peek().query === query) {
      search.value = { query, found: items.map((chat) => chat.id), failure: null };
    }
  } catch (failure) {
    if (!stop.aborted && search.peek().query === query) {
      search.value = { query, found: [], failure };
    }
  }
}

const folded = (text: string): string =>
  text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLocaleLowerCase();

/** Whether a chat that is here matches: by person and by last line. */
export function matches(chat: Chat, query: string): boolean {
  const { name, email, phone } = chat.visitor;
  const text = folded([name, email, phone, chat.last_event?.params.text].join(" "));
  return folded(query)
    .split(/\s+/u)
    .every((word) => text.includes(word));
}

/** Everything found so far: the server's answer first, then what else is here. */
export function results(): string[] {
  const { query, found } = search.value;
  const here = chats.list("all", "", null).filter((id) => {
    const chat = chats.peek(id);
    return chat && matches(chat, query);
  });
  return [...new Set([...(found ?? []), ...here])].filter((id) => chats.peek(id));
}
