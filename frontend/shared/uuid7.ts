/** UUID version 7: made by the client, sorted by time, monotonic within one page. */

let lastTime = 0;
let counter = 0;

/**
 * Make an id. Ids made later compare greater as strings, also within one millisecond, so that
 * sorting an outbox by id is sorting it by the order of writing.
 */
export function uuid7(now: number = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  if (now > lastTime) {
    lastTime = now;
    // The upper half of the 12 bits stays free, so that counting up does not overflow at once.
    counter = (((random[0] ?? 0) << 8) | (random[1] ?? 0)) & 0x7ff;
  } else {
    counter += 1;
    if (counter > 0xfff) {
      lastTime += 1;
      counter = 0;
    }
  }
  const time = lastTime.toString(16).padStart(12, "0");
  const sequence = counter.toString(16).padStart(3, "0");
  const variant = (((random[2] ?? 0) & 0x3f) | 0x80).toString(16);
  const tail = Array.from(random.subarray(3), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${variant}${tail.slice(0, 2)}-${tail.slice(2)}`;
}
