/** The account's colour, made readable in both themes, in the place of the tokens' accent. */
import { accentOf, accentText, parseColor } from "../../shared/contrast";

/** The grounds that accents are read on at worst: the bubbles, `--n-100` in `tokens.css`. */
const GROUND = { light: "#eceef2", dark: "#272b33" };

/** Put the page's colour in place, or the account's where the page has set none that is one. */
export function paint(set: string, color: string): { fill: string; on: string } {
  const chosen = parseColor(set) ? set : color;
  const { fill, on } = accentOf(chosen);
  const colors = {
    fill,
    on,
    "text-light": accentText(chosen, GROUND.light),
    "text-dark": accentText(chosen, GROUND.dark),
  };
  for (const [name, value] of Object.entries(colors)) {
    document.documentElement.style.setProperty(`--accent-${name}`, value);
  }
  return { fill, on };
}
