/** Erasing people: counting what goes, asking for it, and following it until it is done. */
import { signal } from "@preact/signals";
import { client } from "../store/client";
import { forgetErased } from "../store/forget";
import { chats } from "../store/state";
import { type Erasure, isMoving, type Staying, type WhatGoes } from "./shapes";
import { together } from "./stores";

export interface Subject {
  visitorId: string;
  /** Their chat, where it is known. */
  chatId: string | null;
  name: string;
}

export interface Asked {
  subjects: readonly Subject[];
  /** Called when everything that was asked for has gone. */
  onDone?: () => void;
}

/** Who is about to be erased; the dialog is open as long as there is somebody. */
export const asked = signal<Asked | null>(null);

export function askToErase(subjects: readonly Subject[], onDone?: () => void): void {
  asked.value = { subjects, ...(onDone ? { onDone } : {}) };
}

/** Requests at once: enough to be quick, few enough to leave the server to others. */
const LANES = 4;

/** Do something with each, a few at a time, in any order; answers in the order of what was given. */
export async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(LANES, items.length) }, lane));
  return results;
}

/** How much would go and stay, over all of them. */
export async function countAll(subjects: readonly Subject[]): Promise<WhatGoes> {
  const all = await each(subjects, ({ visitorId }) =>
    client.get<WhatGoes>(`/v1/visitors/${visitorId}/erasure`),
  );
  const stays = new Map<string, Staying>();
  for (const one of all.flatMap((found) => found.stays)) {
    const before = stays.get(one.store);
    const until = before && before.until > one.until ? before.until : one.until;
    stays.set(one.store, { ...one, count: one.count + (before?.count ?? 0), until });
  }
  return {
    stores: together(all.map(({ stores }) => stores)),
    stays: [...stays.values()],
    has_address: all.some((found) => found.has_address),
  };
}

/** Ask for one erasure; from here on this browser shows nothing of them. */
export async function erase({ visitorId, chatId }: Subject, neverAgain: boolean): Promise<Erasure> {
  const wish = neverAgain ? "?do_not_contact=true" : "";
  const { erasure } = await client.del<{ erasure: Erasure }>(`/v1/visitors/${visitorId}${wish}`);
  const chat = chatId ?? chats.chatOf(visitorId);
  if (chat) forgetErased({ visitor_id: visitorId, chat_id: chat });
  return erasure;
}

const PAUSE = 500;

/**
 * Follow an erasure until everything is gone, or until it has to wait for the end of a hold. Ends
 * early, without an answer, when `stop` says so.
 */
export async function follow(started: Erasure, stop: AbortSignal): Promise<Erasure | null> {
  let erasure = started;
  while (isMoving(erasure)) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (stop.aborted) return null;
    erasure = await client.get<Erasure>(`/v1/erasures/${started.id}`);
  }
  return erasure;
}
