/** What was erased goes from this browser at once: the chat, its events, what was being written. */
import { Problem } from "../../shared/api";
import type { Chat, List } from "../../shared/types";
import { hush } from "../parts/announce";
import { forgetCards } from "../person/cards";
import { client } from "./client";
import { loadChat, once } from "./load";
import { dropLane } from "./sending";
import { chats, forgetLog, setTyping } from "./state";

export interface Erased {
  visitor_id: string;
  chat_id: string;
}

/** Called with the chat, for what others keep of it. */
const alsoForget = new Set<(chatId: string) => void>();

export function onForget(work: (chatId: string) => void): () => void {
  alsoForget.add(work);
  return () => alsoForget.delete(work);
}

export function forgetErased({ chat_id: id, visitor_id: visitorId }: Erased): void {
  chats.erase(id);
  forgetLog(id);
  setTyping(id, null);
  dropLane(id);
  hush(id);
  forgetCards(visitorId);
  for (const work of alsoForget) work(id);
}

/** What whoever sits here hides: they are told by what they pressed. */
const hidingHere = new Set<string>();

export const hiddenHere = (chatId: string): boolean => hidingHere.has(chatId);

/** Do what hides a person. The stream may tell of it before the answer does. */
export async function hideByHand(gone: Erased, work: () => Promise<unknown>): Promise<void> {
  hidingHere.add(gone.chat_id);
  try {
    await work();
  } catch (cause) {
    hidingHere.delete(gone.chat_id);
    throw cause;
  }
  forgetHidden(gone);
}

/** Restricted is kept, and not seen: to this screen it is the same, until they are shown again. */
export function forgetHidden(gone: Erased): void {
  chats.hide(gone.chat_id);
  forgetErased(gone);
}

export async function showAgain({ chat_id: id }: Erased): Promise<void> {
  hidingHere.delete(id);
  chats.show(id);
  await loadChat(id);
}

const PAGE = 200;

/**
 * Word of an erasure or of a new name is not repeated to a stream that was away. Afterwards what is
 * known is as the server lists it, and whatever it no longer lists, where it would have to, is
 * looked up once more and forgotten when it is gone.
 */
export const mendMissed = (openChat: string | null): Promise<void> =>
  once("missed", () => lookAgain(openChat));

async function lookAgain(openChat: string | null): Promise<void> {
  const { items, next } = await client.get<List<Chat>>("/v1/chats", {
    query: { view: "all", limit: PAGE },
  });
  for (const chat of items) if (chats.peek(chat.id)) chats.put(chat);
  const listed = new Set(items.map(({ id }) => id));
  const since = next ? (items.at(-1)?.updated_at ?? "") : "";
  const missing = chats.list("all", "", since || null).filter((id) => !listed.has(id));
  if (openChat && !listed.has(openChat)) missing.push(openChat);
  for (const id of new Set(missing)) {
    const visitorId = chats.peek(id)?.visitor.id;
    try {
      await loadChat(id);
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.status !== 404) throw cause;
      if (visitorId) forgetErased({ chat_id: id, visitor_id: visitorId });
    }
  }
}
