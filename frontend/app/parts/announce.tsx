/** What screen readers are told without the focus moving. */
import { signal } from "@preact/signals";

const polite = signal("");
const urgent = signal("");

/** Say it when there is a pause; `urgent` interrupts, and is for errors only. */
export function announce(text: string, how: { urgent?: boolean } = {}): void {
  const region = how.urgent ? urgent : polite;
  // The same text twice is no change, and would not be said again.
  region.value = region.value === text ? `${text}\u00a0` : text;
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
