/** Builders for tests: a chat and its events, with only what matters named. */
import type { Author, Chat, ChatEvent, StreamedEvent } from "../../shared/types";

export const OWN = "operator-own";

export const VISITOR: Author = { kind: "visitor", id: "visitor-1", name: "Clara" };
export const OPERATOR: Author = { kind: "operator", id: OWN, name: "Mara" };

/** One second per `seq`, so that order and time agree. */
export const at = (seq: number): string => new Date(Date.UTC(2026, 2, 2, 9, 0, seq)).toISOString();

export function event(seq: number, more: Partial<ChatEvent> = {}): ChatEvent {
  return {
    seq,
    id: `event-${seq}`,
    type: "visitor-message",
    author: VISITOR,
    params: { text: `message ${seq}` },
    created_at: at(seq),
    ...more,
  };
}

export const streamed = (
  seq: number,
  more: Partial<ChatEvent> = {},
  chatId = "chat-1",
): StreamedEvent => ({ ...event(seq, more), chat_id: chatId, visitor_id: "visitor-1" });

export const answer = (seq: number, more: Partial<ChatEvent> = {}): ChatEvent =>
  event(seq, { type: "operator-message", author: OPERATOR, ...more });

/** The chat as the server would list it after `seq` messages of the visitor. */
export function chat(seq: number, more: Partial<Chat> = {}): Chat {
  return {
    id: "chat-1",
    visitor: {
      id: "visitor-1",
      name: "Clara",
      email: null,
      phone: null,
      language: "en",
      browser: "Firefox",
      os: "Linux",
      page_url: null,
      online: false,
      marketing: { answer: null },
      created_at: at(1),
    },
    site_id: "site-1",
    stage: "open",
    unread: seq,
    last_seq: seq,
    operator_read_seq: 0,
    visitor_read_seq: seq,
    last_event: seq > 0 ? event(seq) : null,
    assignee: null,
    team: null,
    tags: [],
    created_at: at(1),
    updated_at: at(seq),
    ...more,
  };
}
