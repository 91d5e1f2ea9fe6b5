/**
 * `/privacy.js`, for a company's own pages: embeds of other companies stay closed, and request
 * nothing, until the person at the screen has allowed that company.
 */
import { Card } from "./card";
import { Choices } from "./choices";
import { look, SELECTOR } from "./find";
import { Panel } from "./panel";
import { wordsOf } from "./words";

function start(): void {
  const language =
    script?.dataset.language || document.documentElement.lang || navigator.language || "en";
  const choices = new Choices();
  const words = wordsOf(language);
  const panel = new Panel(choices, words);
  const open = () => panel.open();
  customElements.define("chathaven-embed", Card);

  const close = (root: ParentNode) => {
    for (const element of root.querySelectorAll(SELECTOR)) {
      const found = look(element);
      if (found) new Card().replace(element, found, choices, words, open);
    }
  };
  close(document);
  // What a page adds later is closed as well.
  new MutationObserver((changes) => {
    if (changes.some((change) => change.addedNodes.length > 0)) close(document);
  }).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element && event.target.closest(OPENS);
    if (!pressed) return;
    event.preventDefault();
    open();
  });
}

const OPENS = "[data-chathaven-privacy]";
const script = document.currentScript;
if (!customElements.get("chathaven-embed")) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}
