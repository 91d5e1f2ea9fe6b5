/** A button that opens a short list of choices, with the keys that menus have. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon";

export interface Choice {
  key: string;
  label: ComponentChildren;
  /** Present on menus where one of several holds. */
  checked?: boolean;
  act: () => void;
}

interface Props {
  /** What the button shows. */
  face: ComponentChildren;
  /** The name of the button. */
  name: string;
  choices: Choice[];
  buttonClass?: string;
  /** Where the list opens. */
  side?: "start" | "end" | "above";
  /** Stands above the choices. */
  head?: ComponentChildren;
}

const EDGE = 8;

/** Where there is no room below or beside the button, the list opens the other way. */
function keepInSight(list: HTMLElement, root: HTMLElement): void {
  const box = list.getBoundingClientRect();
  const within = root.closest("[data-menus-within]")?.getBoundingClientRect();
  const bounds = within ?? new DOMRect(0, 0, innerWidth, innerHeight);
  const room = root.getBoundingClientRect().top - bounds.top;
  if (box.bottom > bounds.bottom && room > box.height + EDGE) list.classList.add("menu-flipped");
  const out = Math.max(0, box.right - bounds.right + EDGE);
  const under = Math.max(0, bounds.left + EDGE - box.left);
  if (!out && !under) return;
  list.style.marginLeft = `${under - out}px`;
  list.style.marginRight = `${out - under}px`;
}

export function Menu({ face, name, choices, buttonClass = "button", side = "start", head }: Props) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const list = useId();

  const items = (): HTMLElement[] => [
    ...(root.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? []),
  ];
  const close = (refocus = true): void => {
    setOpen(false);
    if (refocus) button.current?.focus();
  };

  useLayoutEffect(() => {
    if (open && root.current && panel.current) keepInSight(panel.current, root.current);
  }, [open]);
  useEffect(() => {
    if (!open) return;
    const chosen = root.current?.querySelector<HTMLElement>('[aria-checked="true"]');
    (chosen ?? items()[0])?.focus();
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (!open) return;
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const moves: Record<string, number> = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const to = moves[event.key];
    if (event.key === "Escape") close();
    else if (event.key === "Tab" || to === undefined) {
      if (event.key === "Tab") setOpen(false);
      return;
    } else all[to]?.focus();
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the menu inside bubble up to here
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        ref={button}
        class={buttonClass}
        title={name}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? list : undefined}
        onClick={() => setOpen(!open)}
      >
        <span class="menu-face" aria-hidden="true">
          {face}
        </span>
        <span class="spoken">{name}</span>
      </button>
      {open && (
        <div class={`menu-list menu-${side}`} ref={panel}>
          {head}
          <div role="menu" id={list} aria-label={name}>
            {choices.map((choice) => (
              <button
                type="button"
                key={choice.key}
                class="menu-item"
                {...(choice.checked === undefined
                  ? { role: "menuitem" as const }
                  : { role: "menuitemradio" as const, "aria-checked": choice.checked })}
                tabIndex={-1}
                onClick={() => {
                  close();
                  choice.act();
                }}
              >
                <span>{choice.label}</span>
                {choice.checked && <Icon name="check" size={16} />}
              </button>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
