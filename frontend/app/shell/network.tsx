/** One line at the top while there is no connection: what that means and what still works. */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/words";
import { connection } from "../store/live";

/** Shorter breaks heal before anybody has read about them. */
const PATIENCE = 2500;

const offline = signal(!navigator.onLine);
addEventListener("online", () => {
  offline.value = false;
});
addEventListener("offline", () => {
  offline.value = true;
});

export function NetworkBar() {
  const broken = connection.value !== "open";
  const [shown, show] = useState(false);
  useEffect(() => {
    if (!broken) return show(false);
    const timer = setTimeout(() => show(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [broken]);
  return (
    <div role="status">
      {shown && (
        <p class="network">{t(offline.value ? "network.offline" : "network.reconnecting")}</p>
      )}
    </div>
  );
}
