/** What was typed and not sent, per chat, so that nothing is lost by looking elsewhere. */
import { inBrowser, type Kept } from "../../shared/kept";
import { chats } from "../store/state";

const keptFor = (ownId: string): Kept => inBrowser(`chathaven.${ownId}.draft.`);

export const readDraft = (ownId: string, chatId: string): string =>
  keptFor(ownId).get(chatId) ?? "";

export function keepDraft(ownId: string, chatId: string, text: string): void {
  const kept = keptFor(ownId);
  // The composer of an erased chat closes a moment later, and must not write it down again.
  if (text.trim() && !chats.erased(chatId)) kept.set(chatId, text);
  else kept.remove(chatId);
}

/** Drafts and unsent messages of this operator: gone from this browser with the sign-out. */
export function forgetWritten(ownId: string): void {
  const all = inBrowser(`chathaven.${ownId}.`);
  for (const key of all.keys()) all.remove(key);
}
