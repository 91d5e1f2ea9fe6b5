/** The hooks of a component: values that stay with it, and work that is done after it was drawn. */
import type { Spot } from "./view";

type Work = () => unknown;

export interface Hook {
  value: unknown;
  given: readonly unknown[] | undefined;
  /** An effect that waits for its time: early ones for the page, the others for the eye. */
  work: Work | null;
  early: boolean;
  stop: unknown;
}

let spot: Spot;
let next = 0;
let layout: (() => void)[] = [];
let later: (() => void)[] = [];

/** Draw a component, with the hooks of its spot. */
export function using<T>(of: Spot, work: () => T): T {
  spot = of;
  next = 0;
  return work();
}

/** The component and all that is in it is drawn: its effects wait for their time. */
export function queueWork(of: Spot): void {
  for (const hook of of.hooks) {
    const { work, early } = hook;
    if (!work) continue;
    hook.work = null;
    (early ? layout : later).push(() => {
      if (of.gone) return;
      stop(hook);
      hook.stop = work();
    });
  }
}

export function stopHooks({ hooks }: Spot): void {
  for (const hook of hooks) stop(hook);
}

function stop(hook: Hook): void {
  if (typeof hook.stop === "function") hook.stop();
  hook.stop = null;
}

/** The next hook of the component that is being drawn, and whether what it was given is new. */
function hook(given: readonly unknown[] | undefined): [Hook, boolean] {
  const { hooks } = spot;
  const at = next++;
  const known = hooks[at];
  const made = known ?? { value: null, given, work: null, early: false, stop: null };
  hooks[at] = made;
  const changed = !known || !given || given.some((one, index) => one !== known.given?.[index]);
  made.given = given;
  return [made, changed];
}

export function useMemo<T>(work: () => T, given: readonly unknown[]): T {
  const [made, changed] = hook(given);
  if (changed) made.value = work();
  return made.value as T;
}

export const useRef = <T>(first: T): { current: T } => useMemo(() => ({ current: first }), []);

const waiting =
  (early: boolean) =>
  (work: Work, given?: readonly unknown[]): void => {
    const [made, changed] = hook(given);
    if (changed) Object.assign(made, { work, early });
  };

/** Do something when it is on the page. */
export const useLayoutEffect = waiting(true);

/** Do something when it was seen. */
export const useEffect = waiting(false);

export function runLayoutEffects(): void {
  const works = layout;
  layout = [];
  for (const work of works) work();
  if (later.length > 0) setTimeout(runEffects);
}

export function runEffects(): void {
  const works = later;
  later = [];
  for (const work of works) work();
}
