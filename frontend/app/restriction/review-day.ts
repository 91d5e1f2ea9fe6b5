/** The day on which a hold is looked at again: from tomorrow to six months from now. */

const DAY = 86_400_000;
const LONGEST = 183 * DAY;

const asDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Three months from now, to begin with. */
export const proposed = (): string => asDay(Date.now() + 91 * DAY);

/** The day's noon as a time, or null where it is no day that may be chosen. */
export function reviewAt(day: string): string | null {
  const time = Date.parse(`${day}T12:00:00Z`);
  const from = Date.parse(`${asDay(Date.now())}T23:59:59Z`);
  return time > from && time < Date.now() + LONGEST ? new Date(time).toISOString() : null;
}
