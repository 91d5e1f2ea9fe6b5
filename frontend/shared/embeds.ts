/** Links to what other companies show, and where their players live. Nothing is requested here. */

import type { Provider } from "./providers";

export interface Embed {
  provider: Provider;
  /** For the frame; each provider's is on one of the hosts that the frame's policy lists. */
  src: string;
}

/** What the provider shows at an address; `null` where it is no address of a known one. */
export function embedOf(href: string): Embed | null {
  const url = URL.canParse(href) ? new URL(href) : null;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return null;
  const host = url.hostname.replace(/^(www|m)\./, "");
  for (const [provider, find] of Object.entries(FINDERS)) {
    const src = find(host, url.pathname, url.searchParams);
    if (src) return { provider: provider as Provider, src };
  }
  return null;
}

type Finder = (host: string, path: string, query: URLSearchParams) => string | null | undefined;

const escaped = encodeURIComponent;

const FINDERS: Record<Provider, Finder> = {
  youtube: (host, path, query) => {
    const short = host === "youtu.be" ? path.slice(1) : null;
    if (!short && !/^youtube(-nocookie)?\.com$/.test(host)) return null;
    const named = /^\/(?:shorts|embed|live)\/([^/]+)/.exec(path)?.[1];
    const id = short ?? named ?? (path === "/watch" ? query.get("v") : null) ?? "";
    return /^[\w-]{11}$/.test(id) ? `https://www.youtube-nocookie.com/embed/${id}` : null;
  },
  vimeo: (host, path) => {
    const [, id, hash] = /^\/(?:video\/)?(\d+)(?:\/([\da-f]+))?\/?$/.exec(path) ?? [];
    if (!id || !/^(player\.)?vimeo\.com$/.test(host)) return null;
    return `https://player.vimeo.com/video/${id}?dnt=1${hash ? `&h=${hash}` : ""}`;
  },
  "google-maps": (host, path, query) => {
    const maps = /^maps\.google\.[a-z.]{2,6}$/.test(host);
    if (!maps && !(/^google\.[a-z.]{2,6}$/.test(host) && /^\/maps(\/|$)/.test(path))) return null;
    const named = /^\/maps\/(?:place|search)\/([^/@]+)/.exec(path)?.[1];
    const [, at, zoom] = /\/@(-?[\d.]+,-?[\d.]+)(?:,([\d.]+)z)?/.exec(path) ?? [];
    const what = query.get("q") ?? query.get("query") ?? (named && spaced(named)) ?? at;
    if (!what) return null;
    const near = at ? `&ll=${at}${zoom ? `&z=${Math.round(Number(zoom))}` : ""}` : "";
    return `https://www.google.com/maps?output=embed&q=${escaped(what)}${near}`;
  },
  spotify: (host, path) => {
    const what = /^\/(?:intl-\w+\/)?((?:track|album|artist|playlist|show|episode)\/\w+)$/.exec(
      path,
    );
    return host === "open.spotify.com" && what ? `https://open.spotify.com/embed/${what[1]}` : null;
  },
  soundcloud: (host, path) =>
    host === "soundcloud.com" && /^\/[\w-]+(\/sets)?\/[\w-]+\/?$/.test(path)
      ? `https://w.soundcloud.com/player/?url=${escaped(`https://soundcloud.com${path}`)}`
      : null,
};

/** The name of a place, as its address has it. */
function spaced(named: string): string | null {
  try {
    return decodeURIComponent(named.replaceAll("+", " "));
  } catch {
    return null;
  }
}
