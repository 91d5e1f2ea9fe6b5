/** A person as two letters on one of a few quiet grounds, the same for the same person every time. */

const TINTS = 5;

/** The first letters of the first and the last word, by code point so that no letter is cut. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  // Letters that join would become one shape.
  const apart = /\p{Script=Arabic}/u.test(name) ? "\u200c" : "";
  return picked
    .map((word) => [...(word ?? "")][0] ?? "")
    .join(apart)
    .toLocaleUpperCase();
}

/** Which ground a person has. */
export function tint(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % TINTS;
}

interface Props {
  id: string;
  name: string | null;
  size?: "s" | "m" | "l";
  /** Shows the dot: true green, false hollow, undefined none. The caller says it in words. */
  online?: boolean | undefined;
}

/** Purely visual; the name stands beside it in text. */
export function Avatar({ id, name, size = "m", online }: Props) {
  return (
    <span class={`avatar avatar-${size} tint-${tint(id)}`} aria-hidden="true">
      {name ? initials(name) : <Anyone />}
      {online === undefined ? null : <span class={online ? "dot dot-on" : "dot"} />}
    </span>
  );
}

/** Somebody without a name. */
function Anyone() {
  return (
    <svg
      viewBox="0 0 20 20"
      width="60%"
      height="60%"
      fill="currentColor"
      focusable="false"
      aria-hidden="true"
    >
      <circle cx="10" cy="6.8" r="3.2" />
      <path d="M3.8 16.6c.5-3.2 3-4.9 6.2-4.9s5.7 1.7 6.2 4.9z" />
    </svg>
  );
}
