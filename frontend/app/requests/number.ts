/** A request's number as people say it. */
import type { List } from "../../shared/types";
import { client } from "../store/client";
import type { Listed } from "./shapes";

/** The end of the number: it is drawn by lot, while the beginning is the time. */
export const shortNumber = (id: string): string => id.slice(-8);

const WHOLE = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/iu;
const SHORT = /(?:^|[^0-9a-f])([0-9a-f]{8})$/iu;

/** The request of a number that somebody typed, whole or short; null where there is none. */
export async function findByNumber(typed: string): Promise<string | null> {
  const whole = WHOLE.exec(typed)?.[0];
  if (whole) return whole.toLowerCase();
  const short = SHORT.exec(typed.trim())?.[1]?.toLowerCase();
  if (!short) return null;
  for (const state of ["open", "closed"]) {
    let after: string | null = null;
    do {
      const page: List<Listed> = await client.get<List<Listed>>("/v1/requests", {
        query: { state, after, limit: 200 },
      });
      const found = page.items.find(({ id }) => shortNumber(id) === short);
      if (found) return found.id;
      after = page.next;
    } while (after);
  }
  return null;
}
