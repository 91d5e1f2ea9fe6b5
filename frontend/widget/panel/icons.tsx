/** One family of icons: 20 px, one line of 1.75, drawn in the colour of the text. */

const PATHS = {
  send: "M10 16V4.5M5 9l5-5 5 5",
  smile:
    "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM7 12c.7 1 1.8 1.5 3 1.5s2.3-.5 3-1.5M7.5 8v.01M12.5 8v.01",
  close: "M5 5l10 10M15 5L5 15",
  shield: "M10 2.5l6 2.2v4.6c0 3.8-2.5 6.7-6 8.2-3.5-1.5-6-4.4-6-8.2V4.7z",
  back: "M12 4.5L6.5 10l5.5 5.5",
  clip: "M15.5 9.5l-5.6 5.6a3.6 3.6 0 0 1-5-5l6-6a2.4 2.4 0 0 1 3.4 3.4l-6 6a1.2 1.2 0 0 1-1.7-1.7l5.2-5.2",
  file: "M11.5 2.5h-6v15h9v-12zv3h3",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  down: "M10 4v11M5.5 10.5L10 15l4.5-4.5",
};

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={name === "back" ? "icon turns" : "icon"} viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
