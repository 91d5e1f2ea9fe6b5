/** UUID version 7: made by the client, sorted by time, monotonic within one page. */

let last = 0;

/**
 * Make an id. Ids made later compare greater as strings: each has a millisecond of its own, and
 * many made at once run ahead of the clock a little. So sorting an outbox by id is sorting it by
 * the order of writing.
 */
export function uuid7(now: number = Date.now()): string {
  last = Math.max(now, last + 1);
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  const random = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const all = `${last.toString(16).padStart(12, "0")}7${random.slice(1, 4)}a${random.slice(5)}`;
  return all.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
