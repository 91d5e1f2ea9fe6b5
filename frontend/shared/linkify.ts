/** Links in plain text. Text stays text: the caller makes elements, never HTML. */

export interface Segment {
  text: string;
  /** Present when the text is a link. */
  href?: string;
}

const SCHEMES = ["http://", "https://", "mailto:"];
const OPENING = "([{<\"'«“‘„";
const CLOSING = ".,;:!?\"'»”’…>";
const PAIRS: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

/**
 * Cut text into plain parts and links. Only http, https and mailto become links. One pass over
 * the words, so that no text, however it is made, takes longer than its length.
 */
export function linkify(text: string): Segment[] {
  const segments: Segment[] = [];
  let plain = "";
  for (const word of text.split(/(\s+)/)) {
    const link = linkIn(word);
    if (!link) {
      plain += word;
      continue;
    }
    plain += word.slice(0, link.from);
    if (plain) segments.push({ text: plain });
    segments.push({ text: word.slice(link.from, link.to), href: link.href });
    plain = word.slice(link.to);
  }
  if (plain) segments.push({ text: plain });
  return segments;
}

function linkIn(word: string): { from: number; to: number; href: string } | null {
  let from = 0;
  while (from < word.length && OPENING.includes(word.charAt(from))) from += 1;
  const start = word.slice(from, from + 8).toLowerCase();
  const scheme = SCHEMES.find((one) => start.startsWith(one));
  if (!scheme) return null;
  const to = endOf(word, from);
  if (to - from <= scheme.length) return null;
  try {
    const url = new URL(word.slice(from, to));
    // A name and password before the host only serve to deceive about where a link leads.
    if (url.username || url.password) return null;
    return { from, to, href: url.href };
  } catch {
    return null;
  }
}

/** Leave out the punctuation of the sentence, and a bracket that was opened outside the link. */
function endOf(word: string, from: number): number {
  const open: Record<string, number> = { ")": 0, "]": 0, "}": 0 };
  for (let at = from; at < word.length; at += 1) {
    const char = word.charAt(at);
    for (const [close, opening] of Object.entries(PAIRS)) {
      if (char === opening) open[close] = (open[close] ?? 0) + 1;
      else if (char === close) open[close] = (open[close] ?? 0) - 1;
    }
  }
  let to = word.length;
  while (to > from) {
    const char = word.charAt(to - 1);
    if (char in PAIRS && (open[char] ?? 0) < 0) open[char] = (open[char] ?? 0) + 1;
    else if (!CLOSING.includes(char)) break;
    to -= 1;
  }
  return to;
}
