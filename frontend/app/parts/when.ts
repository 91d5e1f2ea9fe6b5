/** Times as people say them, in their language. */
import { signal } from "@preact/signals";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The time, as of the last tick: what shows "2 min" reads this and is redrawn by itself. */
export const now = signal(Date.now());

/** Let the time pass. Returns how to stop it. */
export function startClock(): () => void {
  const tick = (): void => {
    now.value = Date.now();
  };
  const timer = setInterval(tick, 20_000);
  document.addEventListener("visibilitychange", tick);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tick);
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, name: string, options: Intl.DateTimeFormatOptions) {
  const key = `${language} ${name}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(language, options);
  formats.set(key, known);
  return known;
}

const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

/** Whole days between two times on the calendar of whoever looks; 0 is today, 1 yesterday. */
export const daysAgo = (time: number, at: number): number =>
  Math.round((midnight(at) - midnight(time)) / DAY);

const relative = (language: string, amount: number, unit: Intl.RelativeTimeFormatUnit): string =>
  new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(amount, unit);

/** With a capital at its beginning, as a line of its own has it. */
export const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

const minutes = (language: string, amount: number): string =>
  new Intl.NumberFormat(language, {
    style: "unit",
    unit: "minute",
    unitDisplay: "short",
  }).format(amount);

/** For a list: "now", "2 min", "14:05", "Yesterday", "Mon", "3 Mar", "3 Mar 2025". */
export function short(iso: string, language: string, at: number): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return "";
  const age = at - time;
  if (age < MINUTE) return relative(language, 0, "second");
  if (age < HOUR) return minutes(language, Math.floor(age / MINUTE));
  const days = daysAgo(time, at);
  if (days === 0) return clock(iso, language);
  if (days === 1) return capital(relative(language, -1, "day"));
  if (days < 7) return format(language, "weekday", { weekday: "short" }).format(time);
  if (new Date(time).getFullYear() === new Date(at).getFullYear()) {
    return format(language, "date", { day: "numeric", month: "short" }).format(time);
  }
  return day(iso, language);
}

/** "14:05". */
export const clock = (iso: string, language: string): string =>
  format(language, "clock", { hour: "numeric", minute: "2-digit" }).format(Date.parse(iso));

/** "3 Mar 2026". */
export const day = (iso: string, language: string): string =>
  format(language, "day", { day: "numeric", month: "short", year: "numeric" }).format(
    Date.parse(iso),
  );

/** "3 Mar 2026, 14:05". */
export const moment = (iso: string, language: string): string =>
  format(language, "moment", { dateStyle: "medium", timeStyle: "short" }).format(Date.parse(iso));

/** The whole truth, for those who point at a time. */
export const full = (iso: string, language: string): string =>
  format(language, "full", { dateStyle: "full", timeStyle: "short" }).format(Date.parse(iso));

/** A day line between messages: "Today", "Yesterday", "Monday, 2 March". */
export function dayLine(iso: string, language: string, at: number): string {
  const time = Date.parse(iso);
  const days = daysAgo(time, at);
  if (days === 0 || days === 1) return capital(relative(language, -days, "day"));
  const sameYear = new Date(time).getFullYear() === new Date(at).getFullYear();
  return format(language, sameYear ? "line" : "line-year", {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(time);
}
