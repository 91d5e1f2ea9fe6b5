/** How cards and panel look. A sheet of its own making: no policy of the page stands against it. */
export const SHEET = new CSSStyleSheet();
SHEET.replaceSync(`
:host { display: block; max-width: 100%; color-scheme: light dark; }
* { box-sizing: border-box; }
.card, dialog { font: 16px/1.5 system-ui, sans-serif; color: light-dark(#1b1f27, #e8eaef);
  background: light-dark(#f7f8fa, #1c2027); border: 1px solid light-dark(#767d8a, #8d95a5);
  border-radius: 12px; padding: 20px; }
.card { display: grid; align-content: center; gap: 12px; min-height: 180px; }
p, h2, fieldset { margin: 0; }
h2 { font-size: 20px; line-height: 1.3; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; }
button { font: inherit; font-weight: 600; min-height: 44px; padding: 8px 16px; cursor: pointer;
  color: inherit; background: light-dark(#fff, #2a303a); border: 1px solid light-dark(#767d8a, #8d95a5);
  border-radius: 8px; }
button[aria-pressed=true] { color: light-dark(#fff, #14171c); background: light-dark(#2356c5, #8fb1ff);
  border-color: transparent; }
:focus-visible { outline: 2px solid light-dark(#2356c5, #8fb1ff); outline-offset: 2px; }
.card .actions button, .all button, .one button { flex: 1 1 140px; }
iframe { display: block; width: 100%; border: 0; }
iframe:not([height]) { aspect-ratio: 16 / 9; height: auto; }
dialog { width: min(520px, calc(100vw - 32px)); max-height: calc(100vh - 32px); overflow: auto; }
dialog::backdrop { background: rgb(0 0 0 / 45%); }
dialog > * + * { margin-top: 16px; }
fieldset { border: 0; padding: 0; }
legend { font-weight: 600; padding: 0; margin: 0 0 6px; }
`);
