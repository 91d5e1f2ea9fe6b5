/**
 * The script on the host's page. It draws the launcher and waits: no cookie, no storage, no
 * request and no connection before the visitor clicks, or the page asks for the chat.
 */
import { readConfig } from "./config";
import { phone } from "./look";
import { createPage, type Left } from "./page";
import { createWidget } from "./widget";

const script = document.currentScript as HTMLScriptElement | null;
const page = window as unknown as Record<string, { openIn?: unknown } | undefined>;
// Included twice, or two snippets on one page: the first one stays.
if (script && !page.chathaven?.openIn) {
  const { origin, pathname } = new URL(script.src);
  // The address decides which names we answer to: pages made for Chaport load `insert.js`.
  const name = /insert.js$/.test(pathname) ? "chaport" : "chathaven";
  const { api, adopt, begin } = createPage(
    (emit) => createWidget(origin, emit),
    () => document.body && readConfig(page[`${name}Config`], phone()),
  );
  const left = page[name];
  Object.assign(page, { chathaven: api, [name]: api });
  adopt(left as Left);
  // The settings may come after this script: they are looked for again when the page is there,
  // and at every call.
  begin();
  document.addEventListener("readystatechange", begin);
}
