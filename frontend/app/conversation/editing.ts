/** Which message the composer is changing, and what it is to say. */
import { signal } from "@preact/signals";
import { ownId } from "../account/session";
import { logOf } from "../store/state";

export interface Editing {
  chatId: string;
  id: string;
  /** What it said before. */
  was: string;
  text: string;
}

export const editing = signal<Editing | null>(null);

export function edit(chatId: string, id: string, was: string): void {
  editing.value = { chatId, id, was, text: was };
}

/** Change the last message of our own in a chat. False when there is none to change. */
export function editLast(chatId: string): boolean {
  const last = logOf(chatId)
    .peek()
    .run.findLast(
      ({ type, author, params }) =>
        type === "operator-message" && author.id === ownId.peek() && !params.deleted_at,
    );
  if (!last?.params.text || last.params.file) return false;
  edit(chatId, last.id, last.params.text);
  return true;
}
