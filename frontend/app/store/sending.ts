/** Own messages on their way: the shared outbox, with every acknowledged message put into its log. */
import { signal } from "@preact/signals";
import { inBrowser } from "../../shared/kept";
import { Outbox, type OutboxItem } from "../../shared/outbox";
import type { Operator, SentMessage, StreamedEvent } from "../../shared/types";
import { client } from "./client";
import { deliver } from "./load";
import { chats } from "./state";

/** What is on its way, in the order of writing. */
export const outgoing = signal<readonly OutboxItem[]>([]);

let outbox: Outbox | null = null;

/** The event that an acknowledged message has become, as the stream will tell it. */
export function acknowledged(item: OutboxItem, sent: SentMessage, self: Operator): StreamedEvent {
  return {
    seq: sent.seq,
    id: item.id,
    type: "operator-message",
    author: { kind: "operator", id: self.id, name: self.display_name ?? self.name },
    params: { text: item.text },
    created_at: sent.created_at,
    chat_id: item.lane,
  };
}

/** Begin to send for the signed-in operator. Returns how to stop. */
export function startSending(self: () => Operator | null, ownId: string): () => void {
  const started = new Outbox({
    kept: inBrowser(`chathaven.${ownId}.`),
    send: async (item) => {
      const sent = await client.post<SentMessage>(`/v1/chats/${item.lane}/messages`, {
        id: item.id,
        text: item.text,
      });
      const operator = self();
      if (!operator) return;
      const event = acknowledged(item, sent, operator);
      deliver(item.lane, event);
      chats.apply(event);
    },
    onChange: () => {
      // Called within the constructor too, before there is anything to ask.
      if (outbox) outgoing.value = outbox.items();
    },
  });
  outbox = started;
  outgoing.value = started.items();
  started.flush();
  return () => {
    started.close();
    outbox = null;
    outgoing.value = [];
  };
}

export const send = (chatId: string, text: string): void => void outbox?.add(chatId, text);
export const retry = (id: string): void => outbox?.retry(id);
export const acknowledge = (id: string): void => outbox?.acknowledge(id);
export const flush = (): void => outbox?.flush();
/** What is on its way to a chat that was erased goes with it. */
export function dropLane(chatId: string): void {
  for (const { id } of outbox?.items(chatId) ?? []) outbox?.take(id);
}

/** Remove a message that could not be sent; its text comes back. */
export const take = (id: string): string | null => outbox?.take(id)?.text ?? null;
