/** Embeds in a page: where they stand, whose they are, and the frame that would show them. */
import { embedOf } from "../shared/embeds";
import type { Provider } from "../shared/providers";

export interface Found {
  /** The company; `null` where it is none that we know, and then it stays closed. */
  company: Provider | null;
  /** The address of the frame. */
  src: string;
  /** Attributes of the frame as the page wrote it. */
  frame: { [name: string]: string };
}

export const SELECTOR = "[data-chathaven-embed],iframe[data-src]";

/** Addresses that are players already, and so are taken as they stand. */
const PLAYERS: readonly (readonly [Provider, string, RegExp])[] = [
  ["youtube", "www.youtube.com", /^\/embed\//],
  ["youtube", "www.youtube-nocookie.com", /^\/embed\//],
  ["vimeo", "player.vimeo.com", /^\/video\//],
  ["google-maps", "www.google.com", /^\/maps(\/embed)?$/],
  ["google-maps", "maps.google.com", /^\/maps$/],
  ["spotify", "open.spotify.com", /^\/embed\//],
  ["soundcloud", "w.soundcloud.com", /^\/player\/?$/],
];
const KEPT = ["title", "width", "height", "allow", "allowfullscreen"];

/** What an element of the page stands for; `null` where it holds no address. */
export function look(element: Element): Found | null {
  const frame =
    element instanceof HTMLTemplateElement ? element.content.querySelector("iframe") : element;
  const places = [
    frame?.getAttribute("data-src"),
    element.getAttribute("data-chathaven-embed"),
    frame?.getAttribute("src"),
  ];
  const address = places.find((each) => each);
  if (!address) return null;
  const url = URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : null;
  const written = Object.fromEntries(
    KEPT.flatMap((name) => {
      const value = frame?.getAttribute(name);
      return value == null ? [] : [[name, value]];
    }),
  );
  const player = url?.protocol === "https:" && PLAYERS.find((each) => plays(each, url));
  if (url && player) return { company: player[0], src: url.href, frame: written };
  const known = url ? embedOf(url.href) : null;
  return {
    company: known?.provider ?? null,
    src: known?.src ?? url?.href ?? address,
    frame: written,
  };
}

const plays = ([, host, path]: (typeof PLAYERS)[number], url: URL): boolean =>
  url.hostname === host && path.test(url.pathname);
