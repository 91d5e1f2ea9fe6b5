/** One act at a time: a second press while the first is on its way does nothing. */
import { useState } from "preact/hooks";
import { explain } from "./problem";
import { toast } from "./toast";

/** Whether something is on its way, and doing it; what fails is said in a line at the edge. */
export function useBusy() {
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await work();
    } catch (cause) {
      toast(explain(cause), { failed: true });
    } finally {
      setBusy(false);
    }
  };
  return { busy, run };
}
