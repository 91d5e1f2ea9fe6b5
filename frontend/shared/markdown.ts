/** The small Markdown of legal texts: paragraphs, emphasis and links. Text stays text. */
import { linkify } from "./linkify";

export interface Span {
  text: string;
  href?: string;
  strong?: boolean;
  em?: boolean;
}

// No part of it may hold the sign that opens it, so that no text takes longer than its length.
const INLINE =
  /\*\*([^*\n]+)\*\*|\*([^*\n]+)\*|\[([^\][\n]+)\]\(((?:https?:\/\/|mailto:)[^\s()<>"]+)\)/gi;

/** Paragraphs of spans; a single line break stays in its paragraph. The caller makes elements. */
export function paragraphs(text: string): Span[][] {
  return text
    .trim()
    .split(/\s*\n\s*\n\s*/)
    .map((paragraph) => spans(paragraph, {}));
}

function spans(text: string, marks: Omit<Span, "text">): Span[] {
  const found: Span[] = [];
  const plain = (part: string) => {
    if (part) found.push(...linkify(part).map((segment) => ({ ...marks, ...segment })));
  };
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, strong, em, label, href] = match;
    plain(text.slice(from, match.index));
    if (strong) found.push(...spans(strong, { ...marks, strong: true }));
    else if (em) found.push(...spans(em, { ...marks, em: true }));
    else found.push({ ...marks, text: label ?? "", href: href ?? "" });
    from = match.index + whole.length;
  }
  plain(text.slice(from));
  return found;
}
