/** How wide the columns are and whether the right one is shown: remembered in this browser. */
import { computed, signal } from "@preact/signals";
import { inBrowser } from "../../shared/kept";

export type Column = "list" | "person";

export interface Bounds {
  least: number;
  most: number;
  normal: number;
}

/** In pixels at normal text size. */
export const BOUNDS: Record<Column, Bounds> = {
  list: { least: 240, most: 520, normal: 340 },
  person: { least: 240, most: 460, normal: 300 },
};

const kept = inBrowser("chathaven.columns.");

export const within = (column: Column, width: number): number =>
  Math.round(Math.min(BOUNDS[column].most, Math.max(BOUNDS[column].least, width)));

function remembered(column: Column): number {
  const width = Number(kept.get(column));
  return width > 0 ? within(column, width) : BOUNDS[column].normal;
}

export const widths = {
  list: signal(remembered("list")),
  person: signal(remembered("person")),
};

export function setWidth(column: Column, width: number): void {
  widths[column].value = within(column, width);
}

export const keepWidth = (column: Column): void => kept.set(column, String(widths[column].peek()));

/** There is room for three columns. */
const wide = matchMedia("(min-width: 68.75rem)");
const isWide = signal(wide.matches);
wide.addEventListener("change", () => {
  isWide.value = wide.matches;
  over.value = false;
});

/** Beside the conversation: a matter of taste, kept. Over it, on small screens: a matter of now. */
const beside = signal(kept.get("person-shown") !== "no");
const over = signal(false);

export const personShown = computed(() => (isWide.value ? beside.value : over.value));
export const personIsOver = computed(() => !isWide.value && over.value);

export function togglePerson(): void {
  if (!isWide.peek()) over.value = !over.peek();
  else {
    beside.value = !beside.peek();
    kept.set("person-shown", beside.peek() ? "yes" : "no");
  }
}

/** A look at the person on a small screen ends with the chat. */
export function hideOver(): void {
  over.value = false;
}
