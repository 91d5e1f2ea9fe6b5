/** Changing and deleting messages: shown at once, and taken back when the server refuses. */
import { signal } from "@preact/signals";
import { Problem } from "../../shared/api";
import type { ChatEvent, EventParams } from "../../shared/types";
import { client } from "./client";
import { changedParams } from "./fold";
import { withMessage } from "./log";
import { chats, knownLog } from "./state";

/** How long a deletion can be taken back before it is sent, in milliseconds. */
export const UNDO_LASTS = 7000;

interface Deletion {
  chatId: string;
  timer: ReturnType<typeof setTimeout>;
  onRefused: (cause: unknown) => void;
}

/** Texts that were changed here and are on their way, by message. */
export const rewritten = signal<ReadonlyMap<string, string>>(new Map());
/** Messages that go in a few seconds, unless that is taken back. */
export const leaving = signal<ReadonlyMap<string, Deletion>>(new Map());

function without<T>(map: ReadonlyMap<string, T>, id: string): ReadonlyMap<string, T> {
  const next = new Map(map);
  next.delete(id);
  return next;
}

const pathOf = (chatId: string, id: string): string => `/v1/chats/${chatId}/messages/${id}`;

/** The message as the stream will tell of it, in the log and in the list. */
function settle(chatId: string, id: string, type: ChatEvent["type"], params: EventParams): void {
  const event = { type, params: { message_id: id, ...params } } as ChatEvent;
  const log = knownLog(chatId);
  const change = (known: ChatEvent): ChatEvent => ({
    ...known,
    params: changedParams(known.params, event),
  });
  if (log) log.value = withMessage(log.peek(), id, change);
  const chat = chats.peek(chatId);
  if (chat?.last_event?.id === id) chats.put({ ...chat, last_event: change(chat.last_event) });
}

/** Give a message another text. Throws what the server said, after taking it back. */
export async function rewrite(chatId: string, id: string, text: string): Promise<void> {
  rewritten.value = new Map([...rewritten.peek(), [id, text]]);
  try {
    const { edited_at } = await client.patch<{ edited_at: string | null }>(pathOf(chatId, id), {
      text,
    });
    if (edited_at) settle(chatId, id, "message-edited", { text, edited_at });
  } finally {
    rewritten.value = without(rewritten.peek(), id);
  }
}

/** Delete a message in a few seconds. What the server refuses then is told to `onRefused`. */
export function deleteSoon(chatId: string, id: string, onRefused: (cause: unknown) => void): void {
  if (leaving.peek().has(id)) return;
  const timer = setTimeout(() => void send(id), UNDO_LASTS);
  leaving.value = new Map([...leaving.peek(), [id, { chatId, timer, onRefused }]]);
}

export function keepMessage(id: string): void {
  clearTimeout(leaving.peek().get(id)?.timer);
  leaving.value = without(leaving.peek(), id);
}

async function send(id: string): Promise<void> {
  const deletion = leaving.peek().get(id);
  if (!deletion) return;
  const { chatId, timer, onRefused } = deletion;
  clearTimeout(timer);
  try {
    // The page may be closing: the request goes on without it.
    await client.del(pathOf(chatId, id), undefined, { keepalive: true });
    settle(chatId, id, "message-deleted", {
      deleted_at: new Date().toISOString(),
      deleted_by: "operator",
    });
  } catch (cause) {
    // Somebody else was quicker, and the stream tells of it; or all of it is erased.
    const gone = chats.erased(chatId) && !chats.hidden(chatId);
    const known = cause instanceof Problem && cause.code === "message_deleted";
    if (!known && !gone) onRefused(cause);
  } finally {
    leaving.value = without(leaving.peek(), id);
  }
}

/** Send now whatever waits for its seconds: nobody is here any more to take it back. */
export const deleteNow = async (): Promise<void> => {
  await Promise.all([...leaving.peek().keys()].map(send));
};

export function startDeleting(): () => void {
  const flush = (): void => void deleteNow();
  addEventListener("pagehide", flush);
  return () => {
    removeEventListener("pagehide", flush);
    flush();
  };
}
