import { describe, expect, it } from "vitest";
import { dayLine, daysAgo, short } from "./when";

const NOW = new Date(2026, 2, 4, 15, 0, 0).getTime();
const ago = (milliseconds: number) => new Date(NOW - milliseconds).toISOString();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("times in a list", () => {
  it.each([
    [0, "now"],
    [30_000, "now"],
    [-5000, "now"],
    [2 * MINUTE, "2 min"],
    [59 * MINUTE, "59 min"],
    [2 * HOUR, "1:00 PM"],
    [DAY, "Yesterday"],
    [3 * DAY, "Sun"],
    [30 * DAY, "Feb 2"],
    [400 * DAY, "Jan 28, 2025"],
  ])("%i ms ago is %s", (age, text) => {
    expect(short(ago(age), "en", NOW).replaceAll(/\s/gu, " ")).toBe(text);
  });

  it("speak the language of the reader", () => {
    expect(short(ago(DAY), "de", NOW)).toBe("Gestern");
    expect(short(ago(2 * MINUTE), "de", NOW)).toBe("2 Min.");
    expect(short(ago(2 * HOUR), "de", NOW)).toBe("13:00");
  });

  it("show nothing for what is no time", () => {
    expect(short("", "en", NOW)).toBe("");
  });
});

describe("days", () => {
  it("are those of the calendar, not of the clock", () => {
    const late = new Date(2026, 2, 3, 23, 59).getTime();
    expect(daysAgo(late, new Date(2026, 2, 4, 0, 1).getTime())).toBe(1);
  });

  it("are days also when the clocks change", () => {
    const before = new Date(2026, 2, 28, 12).getTime();
    expect(daysAgo(before, new Date(2026, 2, 30, 12).getTime())).toBe(2);
  });

  it("have a line of their own", () => {
    expect(dayLine(ago(0), "en", NOW)).toBe("Today");
    expect(dayLine(ago(2 * DAY), "en", NOW)).toBe("Monday, March 2");
    expect(dayLine(ago(400 * DAY), "en", NOW)).toContain("2025");
  });
});
