/** How much is unread, where it shows while another tab is in front: in the title and the icon. */
import { effect } from "@preact/signals";
import { ownId } from "../account/session";
import { number } from "../i18n/words";
import { chats } from "../store/state";
import { pageTitle } from "./titles";

/** The colours are those of the tokens in light; an icon cannot read custom properties. */
function drawing(unread: boolean): string {
  const dot = unread ? '<circle cx="24.5" cy="7.5" r="7" fill="#c93434"/>' : "";
  const shape =
    "M16 3C8.8 3 3 8.4 3 15.2c0 3.3 1.4 6.3 3.7 8.5L6 29l5.6-2.2c1.4.4 2.9.6 4.4.6 7.2 0 13-5.4 13-12.2S23.2 3 16 3Z";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="${shape}" fill="#2f5fe0"/>${dot}</svg>`;
}

function showIcon(unread: boolean): void {
  let link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (!link) {
    link = document.createElement("link");
    link.rel = "icon";
    link.type = "image/svg+xml";
    document.head.append(link);
  }
  const address = `data:image/svg+xml,${encodeURIComponent(drawing(unread))}`;
  if (link.href !== address) link.href = address;
}

/** Keep title and icon true. Returns how to stop. */
export function startBadge(): () => void {
  return effect(() => {
    const unread = ownId.value ? chats.unread(ownId.value) : 0;
    const title = pageTitle.value;
    document.title = unread > 0 ? `(${number(unread)}) ${title}` : title;
    showIcon(unread > 0);
  });
}
