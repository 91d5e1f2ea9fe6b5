/** Colours that an account chooses, made readable. WCAG 2 contrast, sRGB. */

type Rgb = readonly [number, number, number];

const WHITE = "#ffffff";
const INK = "#12151b";
/** Text in normal size needs this against its ground. */
export const READABLE = 4.5;

export interface Accent {
  /** The ground of buttons and bubbles. */
  fill: string;
  /** Text on the fill, at least 4.5:1. */
  on: string;
  /** Whether the chosen colour had to be darkened. */
  darkened: boolean;
}

/** `[r, g, b]` of `#rrggbb`, or `null` when it is no such colour. */
export function parseColor(color: string): Rgb | null {
  return /^#[0-9a-f]{6}$/i.test(color) ? channels(color) : null;
}

const channels = (color: string): Rgb =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as unknown as Rgb;

/** The contrast of two colours, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/**
 * What to paint and what to write on it. White where it can be: a colour of medium lightness is
 * darkened until white is readable; a light one (yellow, mint) keeps its look and gets dark ink.
 */
export function accentOf(color: string, fallback = "#2f5fe0"): Accent {
  const chosen = parseColor(color) ? color.toLowerCase() : fallback;
  if (contrast(chosen, WHITE) < 3) return { fill: chosen, on: INK, darkened: false };
  const fill = until(chosen, "#000000", (candidate) => contrast(candidate, WHITE) >= READABLE);
  return { fill, on: WHITE, darkened: fill !== chosen };
}

/** The colour moved towards black or white until it is readable as text on the ground. */
export function accentText(color: string, ground: string): string {
  const target = luminance(ground) > 0.2 ? "#000000" : WHITE;
  return until(color, target, (candidate) => contrast(candidate, ground) >= READABLE);
}

function until(color: string, target: string, enough: (candidate: string) => boolean): string {
  for (let step = 0; step <= 50; step += 1) {
    const candidate = mix(color, target, step / 50);
    if (enough(candidate)) return candidate;
  }
  return target;
}

/** Both as `#rrggbb`. */
function mix(from: string, to: string, amount: number): string {
  const aim = channels(to);
  const mixed = channels(from).map((part, at) =>
    Math.round(part + ((aim[at] ?? 0) - part) * amount)
      .toString(16)
      .padStart(2, "0"),
  );
  return `#${mixed.join("")}`;
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = channels(color).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
