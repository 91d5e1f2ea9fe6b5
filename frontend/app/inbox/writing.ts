/** Letters are shortcuts wherever nobody writes with them. */
export const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("input, textarea, select, dialog, dialog *, [role^=menu]"));
