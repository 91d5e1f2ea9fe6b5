/** The cards of people: who is one person with whom, and all chats of theirs. */
import { signal } from "@preact/signals";
import type { VisitorCard } from "../../shared/types";
import { client } from "../store/client";
import { once } from "../store/load";

const cards = signal<ReadonlyMap<string, VisitorCard>>(new Map());

function keep(card: VisitorCard): VisitorCard {
  cards.value = new Map([...cards.peek(), [card.id, card]]);
  return card;
}

const fetchCard = async (visitorId: string): Promise<VisitorCard> =>
  keep(await client.get<VisitorCard>(`/v1/visitors/${visitorId}`));

/** The card that stands for a visitor: their own, or that of whom they are the same person as. */
export function cardOf(visitorId: string): VisitorCard | undefined {
  const own = cards.value.get(visitorId);
  return own?.merged_into ? cards.value.get(own.merged_into) : own;
}

/** Fetch the card that stands for a visitor. */
export function loadCard(visitorId: string): Promise<void> {
  return once(`card ${visitorId}`, async () => {
    const own = await fetchCard(visitorId);
    if (own.merged_into) await fetchCard(own.merged_into);
  });
}

/** Fetch a card anew, if anybody has looked at it. */
export async function refreshCard(visitorId: string): Promise<void> {
  if (cards.peek().has(visitorId)) await loadCard(visitorId);
}

/** Everybody who is one person with a visitor, the visitor first. */
export function together(card: VisitorCard): { id: string; name: string | null }[] {
  return [card, ...card.merged];
}

export async function merge(visitorId: string, into: string): Promise<void> {
  keep(await client.post<VisitorCard>(`/v1/visitors/${visitorId}/merge`, { into }));
  await fetchCard(visitorId);
}

export async function part(visitorId: string): Promise<void> {
  const main = cardOf(visitorId)?.id;
  await client.del(`/v1/visitors/${visitorId}/merge`);
  await Promise.all([visitorId, ...(main ? [main] : [])].map(fetchCard));
}

/** Whoever is erased, and everybody with the sign-out. */
export function forgetCards(visitorId?: string): void {
  if (visitorId === undefined) {
    cards.value = new Map();
    return;
  }
  const left = new Map(cards.peek());
  left.delete(visitorId);
  for (const [id, card] of left) {
    if (!card.merged.some((one) => one.id === visitorId)) continue;
    const gone = <T extends { visitor_id: string }>(chat: T): boolean =>
      chat.visitor_id !== visitorId;
    const merged = card.merged.filter((one) => one.id !== visitorId);
    left.set(id, { ...card, merged, chats: card.chats.filter(gone) });
  }
  cards.value = left;
}
