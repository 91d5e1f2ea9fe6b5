/** Where the reader is: stays at the end when there, stays in place when older messages come in. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** This near to the end counts as being there, in pixels. */
const NEAR = 48;
/** This near to the beginning, older messages are fetched. */
const EARLY = 600;

interface Options {
  /** `seq` of the first event that is drawn; older ones came in when it falls. */
  first: number | undefined;
  /** Something to draw has come. */
  ready: boolean;
  onEarly: () => void;
}

export function useScrolling(
  box: RefObject<HTMLElement | null>,
  { first, ready, onEarly }: Options,
) {
  const [atEnd, setAtEnd] = useState(true);
  const before = useRef({ first, height: 0, placed: false, atEnd: true });

  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !ready) return;
    const last = before.current;
    if (!last.placed) {
      place(element);
      last.placed = true;
      last.atEnd = isAtEnd(element);
    } else if (first !== undefined && last.first !== undefined && first < last.first) {
      element.scrollTop += element.scrollHeight - last.height;
    } else if (last.atEnd) {
      element.scrollTop = element.scrollHeight;
    }
    last.first = first;
    last.height = element.scrollHeight;
  });

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onScroll = (): void => {
      before.current.atEnd = isAtEnd(element);
      setAtEnd(before.current.atEnd);
      if (element.scrollTop < EARLY) onEarly();
    };
    // The composer grows, the window shrinks, a column is moved: the end stays the end.
    const resized = new ResizeObserver(() => {
      if (before.current.atEnd) element.scrollTop = element.scrollHeight;
      if (element.scrollHeight <= element.clientHeight + EARLY) onEarly();
    });
    element.addEventListener("scroll", onScroll, { passive: true });
    resized.observe(element);
    onScroll();
    return () => {
      element.removeEventListener("scroll", onScroll);
      resized.disconnect();
    };
  }, [box, onEarly]);

  const toEnd = (): void => {
    const element = box.current;
    if (!element) return;
    before.current.atEnd = true;
    element.scrollTop = element.scrollHeight;
    setAtEnd(true);
  };

  return { atEnd, toEnd };
}

const isAtEnd = (element: HTMLElement): boolean =>
  element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;

/** At first: the line above what is new when it would be out of sight, else the end. */
function place(element: HTMLElement): void {
  element.scrollTop = element.scrollHeight;
  const line = element.querySelector<HTMLElement>("[data-unread]");
  if (!line) return;
  const above = line.getBoundingClientRect().top - element.getBoundingClientRect().top;
  if (above < 0) element.scrollTop += above - 24;
}
