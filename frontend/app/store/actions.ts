/** What an operator does to chats and people: shown at once, taken back when the server refuses. */
import type { Chat, ChatVisitor, Visitor, YesNo } from "../../shared/types";
import { client } from "./client";
import { ignorePassing } from "./load";
import { chats } from "./state";
import { inTurn } from "./turns";

type ChatChange = { stage: Chat["stage"] } | { assignee: Chat["assignee"] };

/** Close, reopen or assign. Throws what the server said, after taking it back. */
export async function changeChat(id: string, change: ChatChange): Promise<void> {
  if (!chats.peek(id)) return;
  const lift = chats.lay(id, (chat) => ({ ...chat, ...change }));
  const body = "stage" in change ? change : { assignee_id: change.assignee?.id ?? null };
  try {
    chats.put(await inTurn(`chat ${id}`, () => client.patch<Chat>(`/v1/chats/${id}`, body)));
  } finally {
    lift();
  }
}

const reading = new Map<string, number>();

/** Say that the operator has seen everything up to `seq`. */
export async function markRead(id: string, seq: number): Promise<void> {
  const chat = chats.peek(id);
  if (!chat || (reading.get(id) ?? 0) >= seq) return;
  if (chat.operator_read_seq >= seq && chat.unread === 0) return;
  reading.set(id, seq);
  chats.read(id, {
    operator_read_seq: seq,
    visitor_read_seq: chat.visitor_read_seq,
    unread: seq >= chat.last_seq ? 0 : chat.unread,
  });
  try {
    await client.post(`/v1/chats/${id}/read`, { seq });
  } catch (cause) {
    reading.delete(id);
    ignorePassing(cause);
  }
}

const TYPING_EVERY = 3000;
const typed = new Map<string, number>();

/** Show the visitor that somebody writes; at most every three seconds. */
export function tellTyping(id: string): void {
  if (Date.now() - (typed.get(id) ?? 0) < TYPING_EVERY) return;
  typed.set(id, Date.now());
  void client.post(`/v1/chats/${id}/typing`, {}).catch(ignorePassing);
}

/** The visitor reads the message itself now; the next key press counts anew. */
export const typingDone = (id: string): void => void typed.delete(id);

export type Person = Pick<ChatVisitor, "name" | "email" | "phone">;

/** Change what is known of a visitor. Throws what the server said, after taking it back. */
export async function changePerson(visitorId: string, change: Partial<Person>): Promise<void> {
  const chatId = chats.chatOf(visitorId);
  if (!chatId) return;
  const lift = chats.lay(chatId, (chat) => ({ ...chat, visitor: { ...chat.visitor, ...change } }));
  try {
    const { name, email, phone } = await inTurn(`visitor ${visitorId}`, () =>
      client.patch<Visitor>(`/v1/visitors/${visitorId}`, change),
    );
    chats.visitor(visitorId, { name, email, phone });
  } finally {
    lift();
  }
}

/** Write down what a visitor answered in another way. Throws what the server said. */
export async function changeMarketing(
  visitorId: string,
  answer: YesNo,
  reason: string,
): Promise<void> {
  const { marketing } = await client.patch<Visitor>(`/v1/visitors/${visitorId}`, {
    marketing: answer,
    reason,
  });
  chats.visitor(visitorId, { marketing });
}
