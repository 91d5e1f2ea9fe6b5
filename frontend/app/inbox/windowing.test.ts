import { describe, expect, it } from "vitest";
import { inSight, reveal } from "./windowing";

const sight = { row: 72, height: 720, around: 4 };

describe("a long list", () => {
  it("draws what is in sight, however long it is", () => {
    const slice = inSight({ ...sight, count: 10_000, top: 72 * 5000 });
    expect(slice).toEqual({ from: 4996, to: 5015 });
  });

  it("draws all of a short one", () => {
    expect(inSight({ ...sight, count: 3, top: 0 })).toEqual({ from: 0, to: 3 });
    expect(inSight({ ...sight, count: 0, top: 0 })).toEqual({ from: 0, to: 0 });
  });

  it("draws something when the list became shorter than it was scrolled", () => {
    const { from, to } = inSight({ ...sight, count: 20, top: 72 * 500 });
    expect(from).toBeLessThan(to);
    expect(to).toBe(20);
  });

  it("scrolls no further than needed", () => {
    expect(reveal(0, { ...sight, top: 500 })).toBe(0);
    expect(reveal(12, { ...sight, top: 500 })).toBe(500);
    expect(reveal(20, { ...sight, top: 0 })).toBe(21 * 72 - 720);
  });
});
