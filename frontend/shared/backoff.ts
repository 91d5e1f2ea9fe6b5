/** How long to wait before trying again. */

const FIRST = 500;
const LONGEST = 30_000;

/**
 * Milliseconds until attempt number `attempt` (0 is the first retry): anywhere between half a
 * second and a bound that doubles up to 30 s. Full jitter, so that clients which lost the same
 * server do not come back in step. A wait that the server named is kept, with a little jitter.
 */
export function backoff(attempt: number, retryAfterSeconds: number | null = null): number {
  if (retryAfterSeconds !== null) return retryAfterSeconds * 1000 + Math.random() * FIRST;
  const bound = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt + 1, 10));
  return FIRST + Math.random() * (bound - FIRST);
}
