/** The current route as a signal, kept in step with the address bar. */
import { computed, signal } from "@preact/signals";
import { href, parse, type Route } from "./routes";

const read = (): Route => parse(location.pathname, location.search);

const current = signal<Route>(read());

export const route = computed(() => current.value);

/** Show a route. `replace` keeps the page before out of the way of the back button. */
export function go(to: Route, how: { replace?: boolean } = {}): void {
  const address = href(to);
  if (address !== location.pathname + location.search) {
    if (how.replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  }
  current.value = to;
}

const isOurs = (url: URL): boolean =>
  url.origin === location.origin &&
  (url.pathname === "/" || url.pathname === "/app" || url.pathname.startsWith("/app/"));

/** Plain links to our own pages change the route; everything else stays the browser's business. */
function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
  const url = new URL(link.href);
  if (!isOurs(url) || url.hash) return;
  event.preventDefault();
  go(parse(url.pathname, url.search));
}

/** Listen for the back button and for clicks on links. Returns how to stop. */
export function startRouter(): () => void {
  const back = (): void => {
    current.value = read();
  };
  addEventListener("popstate", back);
  document.addEventListener("click", follow);
  return () => {
    removeEventListener("popstate", back);
    document.removeEventListener("click", follow);
  };
}
