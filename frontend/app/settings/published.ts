/**
 * Texts that visitors are shown and answer to. They are written as a draft and published as a
 * whole, for every published change is a new version that visitors are shown again. A draft stays
 * while other pages are looked at.
 */
import { type Signal, signal } from "@preact/signals";

export interface Texts {
  enabled: boolean;
  /** Only legal texts ask for it. */
  requires_agreement: boolean;
  texts: Readonly<Record<string, string>>;
}

/** What was changed of the texts; what others publish meanwhile shows in all the rest. */
export type Draft = Partial<Texts>;

export const drafts = {
  legal: signal<Draft | null>(null),
  marketing: signal<Draft | null>(null),
} satisfies Record<string, Signal<Draft | null>>;

export const draftOf = (published: Texts, draft: Draft | null): Texts => ({
  ...published,
  ...draft,
  texts: { ...published.texts, ...draft?.texts },
});

export function write(draft: Signal<Draft | null>, change: Draft): void {
  const { texts, ...rest } = change;
  const before = draft.peek();
  draft.value = {
    ...before,
    ...rest,
    ...(texts ? { texts: { ...before?.texts, ...texts } } : {}),
  };
}

/** A draft is published; what was written while it was on its way is one still. */
export function sent(draft: Signal<Draft | null>, what: Draft | null): void {
  if (draft.peek() === what) draft.value = null;
}

const trimmed = (texts: Texts["texts"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts)
      .map(([language, text]) => [language, text.trim()] as const)
      .filter(([, text]) => text),
  );

export type Outcome =
  | { kind: "nothing" }
  /** Neither text nor question is shown any more. */
  | { kind: "off" }
  /** New versions in these languages; for all when the agreement is newly asked for or not. */
  | { kind: "versions"; languages: string[] }
  /** Only words that nobody is shown at the moment. */
  | { kind: "kept" };

/** What publishing a draft would do. */
export function outcome(published: Texts, draft: Texts): Outcome {
  const before = trimmed(published.texts);
  const next = trimmed(draft.texts);
  const all = [...new Set([...Object.keys(before), ...Object.keys(next)])];
  const words = all.filter((language) => before[language] !== next[language]);
  const terms = published.requires_agreement !== draft.requires_agreement;
  if (published.enabled && !draft.enabled) return { kind: "off" };
  if (!draft.enabled) return { kind: words.length > 0 || terms ? "kept" : "nothing" };
  if (!published.enabled || terms) return { kind: "versions", languages: Object.keys(next) };
  return words.length > 0 ? { kind: "versions", languages: words } : { kind: "nothing" };
}

/** Whether there is anything to show. */
export const wordless = ({ enabled, texts }: Texts): boolean =>
  enabled && Object.keys(trimmed(texts)).length === 0;
