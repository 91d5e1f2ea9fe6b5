/** Which rows of a long list are drawn: those in sight and a few around them. Pure. */

export interface Slice {
  from: number;
  /** The first that is not drawn. */
  to: number;
}

interface Sight {
  count: number;
  /** Height of one row, of the box, and how far it is scrolled, in pixels. */
  row: number;
  height: number;
  top: number;
  /** Rows beyond each edge, so that a quick scroll shows no hole. */
  around?: number;
}

export function inSight({ count, row, height, top, around = 8 }: Sight): Slice {
  if (count === 0 || row <= 0) return { from: 0, to: 0 };
  const first = Math.floor(Math.max(0, top) / row);
  const shown = Math.ceil(height / row) + 1;
  const from = Math.max(0, Math.min(first, count - 1) - around);
  return { from, to: Math.min(count, first + shown + around) };
}

/** Where to scroll so that a row is in sight; the same place when it already is. */
export function reveal(at: number, { row, height, top }: Omit<Sight, "count">): number {
  if (at * row < top) return at * row;
  if ((at + 1) * row > top + height) return (at + 1) * row - height;
  return top;
}
