/** Whether somebody looks at this page: what is shown to nobody was not read. */
import { signal } from "@preact/signals";

const looking = (): boolean => document.visibilityState === "visible" && document.hasFocus();

export const attended = signal(false);

/** Follow the focus of the window. Returns how to stop. */
export function startAttention(): () => void {
  const update = (): void => {
    attended.value = looking();
  };
  update();
  addEventListener("focus", update);
  addEventListener("blur", update);
  document.addEventListener("visibilitychange", update);
  return () => {
    removeEventListener("focus", update);
    removeEventListener("blur", update);
    document.removeEventListener("visibilitychange", update);
  };
}
