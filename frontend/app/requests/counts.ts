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

export async function loadCounts(): Promise<void> {
  if (!administers.peek()) return;
  const { open, overdue } = await client.get<Counted>("/v1/requests", { query: { limit: "1" } });
  counts.value = { open, overdue };
}

/** A request has changed. */
export async function requestChanged(): Promise<void> {
  changes.value += 1;
  await loadCounts();
}
