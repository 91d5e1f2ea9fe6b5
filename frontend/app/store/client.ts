/** The one client of the app, and whether the server still knows who we are. */
import { signal } from "@preact/signals";
import { createClient } from "../../shared/api";

/** Grows with every answer that says that we are signed out. */
export const refusals = signal(0);

export const client = createClient({
  onSignedOut: () => {
    refusals.value += 1;
  },
});
