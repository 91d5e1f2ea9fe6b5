/** What the page has set for the widget, in our words and in Chaport's. */

// biome-ignore lint/suspicious/noExplicitAny: a stranger's object; every value is checked where it is read
type Loose = any;

export interface Config {
  site: string;
  /** Empty when the visitor's browser decides. */
  language: string;
  show: boolean;
  color: string;
  side: "left" | "right";
  x: number;
  y: number;
  /** All that the page has set about looks, as JSON; the frame picks what it knows. */
  look: string;
}

const COLOR = /^#[0-9a-f]{6}$/i;
/** Until the snippet or the account says otherwise. The loader cannot load the tokens. */
const NEUTRAL = "#232831";

export const isColor = (value: unknown): value is string => COLOR.test(value as string);

const pixels = (value: unknown): number =>
  (value as number) >= 0 ? Math.min(value as number, 400) : 20;

/** Read the page's settings; `null` when they are not there yet or name no site. */
export function readConfig(set: Loose, phone: boolean): Config | null {
  const site = `${set?.site ?? set?.appId}`.toLowerCase();
  if (!/^[0-9a-f]{24}$/.test(site)) return null;
  const look = { ...set.appearance, ...(phone && set.devices?.mobile?.appearance) };
  const place = look.position;
  const [side, x, y] = Array.isArray(place) ? place : [place?.side, place?.x, place?.y];
  const color = look.color ?? look.windowColor;
  return {
    site,
    language: `${set.language?.use ?? set.language ?? ""}`,
    show: set.launcher?.show !== false,
    color: isColor(color) ? color : NEUTRAL,
    side: side === "left" ? side : "right",
    x: pixels(x),
    y: pixels(y),
    look: JSON.stringify(look),
  };
}
