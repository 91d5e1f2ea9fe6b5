/** The line between two columns: moved by pointer or by arrow keys, back to normal by double click. */
import { useRef } from "preact/hooks";
import { BOUNDS, type Column, keepWidth, setWidth, widths } from "./columns";

const STEP = 16;

interface Props {
  column: Column;
  name: string;
  /** Id of the column that it sizes. */
  controls: string;
}

export function Splitter({ column, name, controls }: Props) {
  const from = useRef<{ x: number; width: number } | null>(null);
  const bounds = BOUNDS[column];
  const width = widths[column].value;
  // The person stands at the end: moving the line towards the start makes it wider.
  const sign = (element: HTMLElement): number =>
    (column === "list" ? 1 : -1) * (getComputedStyle(element).direction === "rtl" ? -1 : 1);

  const set = (next: number): void => {
    setWidth(column, next);
    keepWidth(column);
  };

  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
    const along = STEP * sign(event.currentTarget);
    const next: Record<string, number> = {
      ArrowRight: width + along,
      ArrowLeft: width - along,
      Home: bounds.least,
      End: bounds.most,
      Enter: bounds.normal,
    };
    const to = next[event.key];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves has no element of its own
    <div
      class={`splitter splitter-${column}`}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={name}
      aria-controls={controls}
      aria-valuenow={width}
      aria-valuemin={bounds.least}
      aria-valuemax={bounds.most}
      onKeyDown={onKeyDown}
      onDblClick={() => set(bounds.normal)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        const start = from.current;
        if (!start) return;
        setWidth(column, start.width + (event.clientX - start.x) * sign(event.currentTarget));
      }}
      onPointerUp={() => {
        from.current = null;
        keepWidth(column);
      }}
      onPointerCancel={() => {
        from.current = null;
      }}
    />
  );
}
