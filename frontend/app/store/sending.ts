/** Own messages and files on their way: the shared outbox, with each one that was acknowledged put into its log. */
import { signal } from "@preact/signals";
import { inBrowser } from "../../shared/kept";
import { Hold, Outbox, type OutboxItem } from "../../shared/outbox";
import type { Operator, SentMessage, StreamedEvent } from "../../shared/types";
import { isStopped, upload } from "../../shared/upload";
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
    params: { text: item.text, ...(sent.file ? { file: sent.file } : {}) },
    created_at: sent.created_at,
    chat_id: sent.chat_id,
  };
}

/** Files have a lane of their own, so that words do not wait behind twenty megabytes. */
const FILES = "/files";
const filesLane = (chatId: string): string => chatId + FILES;
export const chatOf = ({ lane }: OutboxItem): string =>
  lane.endsWith(FILES) ? lane.slice(0, -FILES.length) : lane;

/** How much of each file is on its way, from 0 to 1. */
export const progress = signal<ReadonlyMap<string, number>>(new Map());
const uploads = new Map<string, AbortController>();

async function sendFile(item: OutboxItem, file: File): Promise<SentMessage> {
  const stop = new AbortController();
  uploads.set(item.id, stop);
  const tell = (part: number): void => {
    progress.value = new Map([...progress.peek(), [item.id, part]]);
  };
  try {
    return await upload({
      path: `/v1/chats/${chatOf(item)}/files`,
      id: item.id,
      file,
      name: file.name,
      onProgress: tell,
      signal: stop.signal,
    });
  } catch (cause) {
    // Cancelled, and taken out before; or this screen is being left.
    throw isStopped(cause) ? new Hold() : cause;
  } finally {
    uploads.delete(item.id);
    const left = new Map(progress.peek());
    left.delete(item.id);
    progress.value = left;
  }
}

const sendText = ({ id, lane, text }: OutboxItem): Promise<SentMessage> =>
  client.post<SentMessage>(`/v1/chats/${lane}/messages`, { id, text });

/** Begin to send for the signed-in operator. Returns how to stop. */
export function startSending(self: () => Operator | null, ownId: string): () => void {
  const started = new Outbox({
    kept: inBrowser(`chathaven.${ownId}.`),
    send: async (item) => {
      const sent = await (item.file ? sendFile(item, item.file) : sendText(item));
      const operator = self();
      if (!operator) return;
      const event = acknowledged(item, sent, operator);
      deliver(event.chat_id, event);
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
  const stay = (event: BeforeUnloadEvent): void => {
    // Files live as long as the page does.
    if (started.items().some(({ file, failure }) => file && !failure)) event.preventDefault();
  };
  addEventListener("beforeunload", stay);
  return () => {
    removeEventListener("beforeunload", stay);
    for (const stop of uploads.values()) stop.abort();
    started.close();
    outbox = null;
    outgoing.value = [];
  };
}

export const send = (chatId: string, text: string): void => void outbox?.add(chatId, text);
export const sendFiles = (chatId: string, files: readonly File[]): void => {
  for (const file of files) outbox?.add(filesLane(chatId), "", file);
};
export const retry = (id: string): void => outbox?.retry(id);
export const acknowledge = (id: string): void => outbox?.acknowledge(id);
export const flush = (): void => outbox?.flush();
/** What is on its way to a chat that was erased goes with it. */
export function dropLane(chatId: string): void {
  for (const item of outbox?.items() ?? []) if (chatOf(item) === chatId) drop(item.id);
}

/** Remove a message that could not be sent; its text comes back. */
export const take = (id: string): string | null => outbox?.take(id)?.text ?? null;

/** Remove a message or file, also while it is on its way. */
export function drop(id: string): void {
  outbox?.take(id);
  uploads.get(id)?.abort();
}
