/** The launcher's element: a button and a place for the frame, sealed off from the page. */
import type { Config } from "./config";

/** Screens that the panel covers whole: phones, upright and turned, and windows enlarged as much. */
const SMALL = "(max-width:480px),(max-height:480px) and (max-width:960px)";

/**
 * `all: initial` with `!important` is stronger than any rule of the page, so nothing leaks in;
 * the rest is inside the shadow root, so nothing leaks out. The sheet is constructed, which a
 * page's content security policy does not forbid.
 */
const CSS = `:host{all:initial!important}:host([in]){display:block!important;height:100%!important}
div,button{position:fixed;z-index:2147483000;bottom:var(--y);transition:.16s}
button{width:56px;height:56px;border:0;border-radius:50%;cursor:pointer;box-shadow:0 4px 16px #12151b38}
button:hover{filter:brightness(1.1)}
button:focus-visible{outline:3px solid;outline-offset:3px}
svg{position:absolute;inset:16px}
path{fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;transition:.16s}
path+path,.open+button path{opacity:0}
.open+button path+path{opacity:1}
b{position:absolute;top:-4px;padding:0 6px;white-space:nowrap;border-radius:10px;background:#c93434;color:#fff;font:600 12px/20px system-ui}
b:empty{display:none}
div{width:380px;height:640px;max-width:calc(100vw - 32px);max-height:calc(100dvh - var(--y) - 88px);margin-bottom:72px;border-radius:16px;overflow:hidden;background:Canvas;color-scheme:light dark;box-shadow:0 12px 40px #12151b38,0 0 0 1px #8883}
div:not(.open){opacity:0;visibility:hidden}
iframe{width:100%;height:100%;border:0;color-scheme:light dark}
iframe:not([title]){opacity:0}
:host([in]) div{all:unset;display:block;height:100%}
@media ${SMALL}{:host(:not([in])) div{inset:0!important;width:auto;height:100dvh;max-width:none;max-height:none;margin:0;border-radius:0}.open+button{visibility:hidden}}
@media(prefers-reduced-motion){*{transition:none!important}}`;

/** A bubble while closed, a cross while open. */
const PATHS = [
  "M21 11.5a8.4 8.4 0 0 1-12.2 7.6L3 21l1.9-5.8A8.4 8.4 0 1 1 21 11.5z",
  "M6 6l12 12M18 6L6 18",
];

export const phone = (): boolean => matchMedia(SMALL).matches;

/** Dark or white on `#rrggbb`, whichever is easier to see; green and red make most of the light. */
export function inkOn(fill: string): string {
  const rgb = Number.parseInt(fill.slice(1), 16);
  return (rgb >> 16) + 2 * ((rgb >> 8) & 255) > 400 ? "#12151b" : "#fff";
}

function icon(): Element {
  const make = (name: string, attribute: string, value: string) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    element.setAttribute(attribute, value);
    return element;
  };
  const svg = make("svg", "viewBox", "0 0 24 24");
  svg.append(...PATHS.map((path) => make("path", "d", path)));
  return svg;
}

/** An element of its own name, at the end of `place`, with our sheet in its shadow. */
function sealed(place: Element, ...parts: Element[]): HTMLElement {
  const host = document.createElement("chathaven-widget");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
  root.append(...parts);
  place.append(host);
  return host;
}

export type Look = ReturnType<typeof createLook>;

export function createLook(config: Config, onClick: () => void) {
  const panel = document.createElement("div");
  const button = document.createElement("button");
  const badge = document.createElement("b");
  let inside: HTMLElement | null = null;
  let open = false;
  /** How many, or that there is no connection. */
  let unread: number | string = 0;
  /** Whether the panel covers the page, and what that had set about its scrolling before. */
  let covered = false;
  let overflow = "";

  // These words are the same in nearly every language; whether it is open, `aria-expanded` tells.
  const language = (config.language || navigator.language).slice(0, 2);
  const name = { ar: "محادثة", pl: "Czat" }[language];
  const lost = { ar: "غير متصل", es: "Sin conexión", fr: "Hors ligne" }[language];
  button.type = "button";
  button.hidden = !config.show;
  button.append(icon(), badge);
  button.onclick = onClick;
  for (const part of [panel, button]) part.style.setProperty(config.side, `${config.x}px`);
  const host = sealed(document.body, panel, button);
  // A word is longer than the launcher is wide, and grows into the page.
  badge.style[config.side] = "-4px";
  host.style.setProperty("--y", `${config.y}px`);

  const paint = (fill: string, on: string) => {
    button.style.background = button.style.outlineColor = fill;
    button.style.color = on;
  };
  const draw = () => {
    const count = open || !unread ? "" : (unread as number) > 99 ? "99+" : `${unread}`;
    panel.className = open ? "open" : "";
    button.ariaExpanded = `${open}`;
    button.ariaLabel = `${name ?? "Chat"}${count && ` (${count})`}`;
    badge.textContent = count;
  };
  /**
   * While the panel covers the page, which a turned phone may change, the page does not scroll and
   * the panel ends where the keyboard begins.
   */
  const fitIn = () => {
    const page = document.documentElement.style;
    const view = visualViewport as VisualViewport;
    const cover = open && !inside && phone();
    if (cover !== covered) {
      covered = cover;
      const was = page.overflow;
      page.overflow = cover ? "hidden" : overflow;
      overflow = was;
    }
    panel.style.height = cover ? `${view.height}px` : "";
    panel.style.marginTop = cover ? `${view.offsetTop}px` : "";
  };
  (visualViewport as VisualViewport).addEventListener("resize", fitIn);
  paint(config.color, inkOn(config.color));
  draw();

  return {
    panel,
    button,
    paint,
    lost: `${lost ?? "Offline"} ↻`,
    setUnread: (count: number | string) => {
      unread = count;
      draw();
    },
    setOpen: (to: boolean) => {
      open = to;
      draw();
      fitIn();
    },
    embedded: () => !!inside,
    /** Put the panel into an element of the page, where it has no launcher. */
    embed: (place: Element) => {
      inside?.remove();
      inside = sealed(place, panel);
      inside.setAttribute("in", "");
      button.hidden = true;
      fitIn();
    },
    remove: () => {
      inside?.remove();
      host.remove();
    },
  };
}
