/** What was typed and not sent, per chat, so that nothing is lost by looking elsewhere. */
import { inBrowser, type Kept } from "../../shared/kept";

const keptFor = (ownId: string): Kept => inBrowser(`chathaven.${ownId}.draft.`);

export const readDraft = (ownId: string, chatId: string): string =>
  keptFor(ownId).get(chatId) ?? "";

export function keepDraft(ownId: string, chatId: string, text: string): void {
  const kept = keptFor(ownId);
  if (text.trim()) kept.set(chatId, text);
  else kept.remove(chatId);
}

/** Drafts and unsent messages of this operator: gone from this browser with the sign-out. */
export function forgetWritten(ownId: string): void {
  const all = inBrowser(`chathaven.${ownId}.`);
  for (const key of all.keys()) all.remove(key);
}
