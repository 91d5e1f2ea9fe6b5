/** The list itself: only the rows in sight exist, and the arrow keys reach all of them. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/words";
import { ChatRow, prefetch } from "./row";
import { open, openChat } from "./selection";
import { inSight, reveal } from "./windowing";
import { isWriting } from "./writing";

interface Props {
  ids: readonly string[];
  name: string;
  /** The end of the list is near. */
  onEnd: () => void;
  /** Fetching further rows. */
  busy: boolean;
  /** Fetching failed; it goes on when somebody asks, or when the connection is back. */
  failed?: boolean;
}

/** A row's height in rem; the style sheet says the same. */
const ROW = 4.5;
/** This many rows before the end, more are fetched. */
const AHEAD = 15;

const rowHeight = (): number =>
  ROW * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

export function Rows({ ids, name, onEnd, busy, failed = false }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 800, row: rowHeight() });
  const [focused, setFocused] = useState<string | null>(null);
  const selected = openChat.value;
  const slice = inSight({ count: ids.length, ...sight });
  const reachable = pick(ids, focused, selected);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = (): void =>
      setSight({ top: element.scrollTop, height: element.clientHeight, row: rowHeight() });
    look();
    const resized = new ResizeObserver(look);
    resized.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);

  useEffect(() => {
    if (!busy && !failed && slice.to >= ids.length - AHEAD) onEnd();
  }, [slice.to, ids.length, onEnd, busy, failed]);

  /** Bring a row into sight, and into the focus when the keys are in the list. */
  const show = (id: string, how: { focus: boolean }): void => {
    const element = box.current;
    const at = ids.indexOf(id);
    if (!element || at < 0) return;
    element.scrollTop = reveal(at, sight);
    if (!how.focus) return;
    setFocused(id);
    requestAnimationFrame(() =>
      element.querySelector<HTMLElement>(`[data-chat="${CSS.escape(id)}"]`)?.focus(),
    );
  };

  const step = (from: string | null, by: number): string | undefined => {
    const at = from === null ? -1 : ids.indexOf(from);
    return ids[Math.min(ids.length - 1, Math.max(0, at + by))];
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Record<string, string | undefined> = {
      ArrowDown: step(reachable, 1),
      ArrowUp: step(reachable, -1),
      Home: ids[0],
      End: ids.at(-1),
      PageDown: step(reachable, 8),
      PageUp: step(reachable, -8),
    };
    const to = moves[event.key];
    if (event.key === "Enter" && reachable && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      open(reachable, { write: true });
    } else if (to) {
      event.preventDefault();
      show(to, { focus: true });
    }
  };

  // j and k work wherever nobody is writing: the next and the previous chat.
  useEffect(() => {
    const onLetter = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      if (event.key !== "j" && event.key !== "k") return;
      const to = step(openChat.peek(), event.key === "j" ? 1 : -1);
      const beyond = step(to ?? null, event.key === "j" ? 1 : -1);
      if (!to) return;
      open(to);
      show(to, { focus: box.current?.contains(document.activeElement) ?? false });
      if (beyond) prefetch(beyond);
    };
    addEventListener("keydown", onLetter);
    return () => removeEventListener("keydown", onLetter);
  });

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys of the rows bubble up to here
    <div class="rows" ref={box} onKeyDown={onKeyDown}>
      <ul
        aria-label={name}
        ref={(list) => {
          if (!list) return;
          list.style.paddingBlockStart = `${slice.from * sight.row}px`;
          list.style.paddingBlockEnd = `${(ids.length - slice.to) * sight.row}px`;
        }}
      >
        {ids.slice(slice.from, slice.to).map((id, at) => (
          <ChatRow
            key={id}
            id={id}
            at={slice.from + at}
            count={ids.length}
            selected={id === selected}
            reachable={id === reachable}
          />
        ))}
      </ul>
      {busy && <p class="rows-more">{t("loading")}</p>}
      {failed && (
        <p class="rows-more">
          <button type="button" class="button button-small" onClick={onEnd}>
            {t("again")}
          </button>
        </p>
      )}
    </div>
  );
}

/** The row that Tab reaches: the one last focused, else the open one, else the first. */
function pick(ids: readonly string[], focused: string | null, selected: string | null) {
  const known = new Set(ids);
  if (focused && known.has(focused)) return focused;
  if (selected && known.has(selected)) return selected;
  return ids[0] ?? null;
}
