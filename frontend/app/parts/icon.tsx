/** One family of line icons on a 20 × 20 grid. Never alone: the text or the name is the caller's. */

const SHAPES = {
  inbox: "M3 11.5 5.2 4h9.6L17 11.5V16H3v-4.5Zm0 0h4l1 2h4l1-2h4",
  settings:
    "M10 7.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2ZM10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M4.7 15.3l1.4-1.4M13.9 6.1l1.4-1.4",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM13 13l3.8 3.8",
  back: "M12 4.5 6.5 10l5.5 5.5",
  forward: "m8 4.5 5.5 5.5L8 15.5",
  down: "m5 7.8 5 5 5-5",
  close: "m5 5 10 10M15 5 5 15",
  check: "m4 10.5 4 4 8-9",
  reopen: "M4.5 8H12a4 4 0 0 1 0 8H8M4.5 8l3-3M4.5 8l3 3",
  send: "M10 16V4.5M5 9l5-5 5 5",
  person:
    "M10 3.5a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4ZM3.8 16.5c.6-3 3-4.6 6.2-4.6s5.6 1.6 6.2 4.6",
  team: "M7.5 4.2a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4ZM2.3 15.8c.5-2.6 2.5-4 5.2-4s4.7 1.4 5.2 4M13 4.6a2.5 2.5 0 0 1 0 4.8M14.6 12c1.7.5 2.8 1.8 3.1 3.8",
  panel: "M3 4.5h14v11H3zM12.5 4.5v11",
  copy: "M7 7h9.5v9.5H7zM4.5 13h-1V3.5H13v1",
  plus: "M10 4v12M4 10h12",
  bin: "M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5",
  key: "M12.8 3.5a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4ZM10.2 9.8 4 16M4 16v-.1M6.5 13.5 8.6 15.6",
  globe:
    "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM3.2 10h13.6M10 3c2 2 3 4.4 3 7s-1 5-3 7c-2-2-3-4.4-3-7s1-5 3-7Z",
  eye: "M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5S2.5 10 2.5 10ZM10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4Z",
  alert: "M10 3.5 17.3 16H2.7L10 3.5ZM10 8.5v3.5M10 14v.1",
  out: "M8 3.5H4v13h4M13 6.5l3.5 3.5-3.5 3.5M16.5 10H8",
  laptop: "M4.5 4.5h11v8h-11zM2.5 15.5h15",
  open: "M11 4h5v5M16 4l-7.5 7.5M14 12v4H4V6h4",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 6.2V10l2.6 1.6",
  chat: "M3.5 4.5h13v9.5H9l-3.5 3V14h-2z",
  download: "M10 3.5v9.5M6 9.5l4 4 4-4M4 16.5h12",
  shield: "M10 3 4.5 5v4.5c0 3.5 2.2 6 5.5 7.5 3.3-1.5 5.5-4 5.5-7.5V5L10 3Z",
  mail: "M3 5h14v10.5H3zM3 5.5l7 5.5 7-5.5",
  pencil: "m4 16 .8-3.6L13.6 3.6 16.4 6.4 7.6 15.2zM12 5.2 14.8 8",
  clip: "m15.8 9.2-6.4 6.4a3.5 3.5 0 0 1-5-5l6.8-6.8a2.3 2.3 0 0 1 3.3 3.3l-6.7 6.7a1.1 1.1 0 0 1-1.6-1.6l6-6",
  file: "M5 3h6.5L15 6.5V17H5zM11.5 3v3.5H15",
  image: "M3 4.5h14v11H3zM3 13.5l3.8-3.8 3 3 2.4-2.4 4.8 4.8M12.8 7.6v.01",
  sound:
    "M7.5 14.5V5.2l8-1.7v9.3M7.5 14.5a2.1 1.8 0 1 1-4.2 0 2.1 1.8 0 0 1 4.2 0ZM15.5 12.8a2.1 1.8 0 1 1-4.2 0 2.1 1.8 0 0 1 4.2 0Z",
  film: "M3 4.5h14v11H3zM8.4 7.6v4.8l4-2.4z",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l2.6-2.6a3 3 0 0 0-4.3-4.3l-.9.9M11.5 8.5a3 3 0 0 0-4.3 0l-2.6 2.6a3 3 0 0 0 4.3 4.3l.9-.9",
  dots: "M5 10v.01M10 10v.01M15 10v.01",
} as const;

/** Drawn the other way round where one reads from the right. */
const TURNING: ReadonlySet<string> = new Set(["back", "forward", "out", "open", "panel", "reopen"]);

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      class={TURNING.has(name) ? "icon icon-turns" : "icon"}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width={name === "dots" ? 2.6 : 1.6}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={SHAPES[name]} />
    </svg>
  );
}
