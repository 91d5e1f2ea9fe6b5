/** Parts of the panel that are loaded when they are needed first. */
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { signal } from "../view/signals";

type Extras = typeof import("./extras");
const load = (): Promise<Extras> => import("./extras");

/** A component of the extras, once they are there; `Failed` in its place when they cannot be had. */
export function onDemand<P extends object>(
  pick: (extras: Extras) => ComponentType<P>,
  Failed?: ComponentType<P>,
) {
  const part = signal<{ View: ComponentType<P> } | null>(null);
  const failed = signal(false);
  let loading = false;
  const fetch = () => {
    if (loading) return;
    loading = true;
    load()
      .then((extras) => {
        part.value = { View: pick(extras) };
      })
      .catch(() => {
        // Asked for again when it is needed again.
        loading = false;
        failed.value = true;
      });
  };
  const Part = (props: P) => {
    useEffect(fetch, []);
    const View = part.value?.View ?? (failed.value ? Failed : undefined);
    return View ? <View {...props} /> : null;
  };
  return Object.assign(Part, { fetch });
}
