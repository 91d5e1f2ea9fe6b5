/** Parts of the panel that are loaded when they are needed first. */
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { signal } from "../view/signals";

/** The component that `load` brings; `failed` in its place when it cannot be had. */
export function onDemand<P extends object>(
  load: () => Promise<ComponentType<P>>,
  Failed?: ComponentType<P>,
) {
  const part = signal<{ View: ComponentType<P> } | null>(null);
  const failed = signal(false);
  let loading = false;
  const fetch = () => {
    if (loading) return;
    loading = true;
    load()
      .then((View) => {
        part.value = { View };
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
