/** Addresses of the pages that may show the widget. Pure. */

/** What somebody typed as an origin (`https://example.com`), or null when it is none. */
export function originOf(typed: string): string | null {
  const text = typed.trim();
  if (!text || /\s/u.test(text)) return null;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) ? text : `https://${text}`;
  if (!URL.canParse(withScheme)) return null;
  const url = new URL(withScheme);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (url.username || url.password || url.hostname.includes("*")) return null;
  // One word without a dot is a slip of the finger, except for the machine itself.
  const named = url.hostname.includes(".") || url.hostname.startsWith("[");
  return named || url.hostname === "localhost" ? url.origin : null;
}
