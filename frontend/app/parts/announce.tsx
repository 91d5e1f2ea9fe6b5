/** What screen readers are told without the focus moving. */
import { signal } from "@preact/signals";

const polite = signal("");
const urgent = signal("");

/** The chat whose words were said last. */
let lastAbout: string | null = null;

/**
 * Say it when there is a pause; `urgent` interrupts, and is for errors only. What quotes a chat names
 * it with `about`, so that it can be forgotten with what it quotes.
 */
export function announce(text: string, how: { urgent?: boolean; about?: string } = {}): void {
  const region = how.urgent ? urgent : polite;
  if (!how.urgent) lastAbout = how.about ?? null;
  // The same text twice is no change, and would not be said again.
  region.value = region.value === text ? `${text}\u00a0` : text;
}

/** What was quoted of a chat is not there any more. */
export function hush(about: string): void {
  if (lastAbout === about) polite.value = "";
}

/** Whoever heard it has left: it may have quoted anybody. */
export function hushAll(): void {
  polite.value = "";
  urgent.value = "";
}

export function Announcer() {
  return (
    <>
      <div class="spoken" role="status" aria-live="polite">
        {polite}
      </div>
      <div class="spoken" role="alert" aria-live="assertive">
        {urgent}
      </div>
    </>
  );
}
