/** Which chat is in front, and how to get to another one. */
import { computed, signal } from "@preact/signals";
import { go, route } from "../router/router";
import type { View } from "../router/routes";

/** Stays what it was while another page is shown, so that the way back leads where one came from. */
let lastView: View = "open";

export const currentView = computed<View>(() => {
  if (route.value.page === "inbox") lastView = route.value.view;
  return lastView;
});

export const openChat = computed<string | null>(() =>
  route.value.page === "inbox" ? route.value.chat : null,
);

/** The chat whose composer takes the focus as soon as it is drawn. */
export const focusComposer = signal<string | null>(null);

/** Touch devices would raise their keyboard over the chat that was only to be read. */
const hasKeys = (): boolean => matchMedia("(hover: hover)").matches;

export function open(chat: string, how: { write?: boolean } = {}): void {
  // Going through chats one by one is one step of the history, not fifty.
  const replace = openChat.peek() !== null;
  go({ page: "inbox", view: currentView.peek(), chat }, { replace });
  if (how.write && hasKeys()) focusComposer.value = chat;
}
