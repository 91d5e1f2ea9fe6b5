/** How many requests are open and overdue, and when to look again. */
import { signal } from "@preact/signals";
import { administers } from "../account/session";
import { client } from "../store/client";

/** Grows whenever a request changes anywhere; what shows requests looks again then. */
export const changes = signal(0);
export const counts = signal({ open: 0, overdue: 0 });

interface Counted {
  open: number;
  overdue: number;
}

let asked = 0;
let heard = 0;

/** Take the counts of whatever is read. An answer that was asked for earlier than one that is here
 * already is out of date, and not counted. */
export async function counted<T extends Counted>(work: () => Promise<T>): Promise<T> {
  asked += 1;
  const own = asked;
  const found = await work();
  if (own > heard) {
    heard = own;
    counts.value = { open: found.open, overdue: found.overdue };
  }
  return found;
}

export async function loadCounts(): Promise<void> {
  if (!administers.peek()) return;
  await counted(() => client.get<Counted>("/v1/requests", { query: { limit: "1" } }));
}

/** A request has changed. */
export async function requestChanged(): Promise<void> {
  changes.value += 1;
  await loadCounts();
}
