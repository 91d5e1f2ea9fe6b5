/** The terms have changed: said once per visit to whoever may accept them for the account. */
import { useState } from "preact/hooks";
import { t } from "../i18n/words";
import { Dialog } from "../parts/dialog";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { client } from "../store/client";
import { look, termsDue } from "./session";

export function TermsDialog() {
  const due = termsDue.value;
  const [later, setLater] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  if (!due || later) return null;
  const accept = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await client.post("/v1/legal/terms/acceptances", { version: due.version });
      toast(t("termsdue.done"));
      await look();
      setLater(true);
    } catch (cause) {
      setFailure(explain(cause));
      // They may have changed again meanwhile.
      await look();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("termsdue.title")} onClose={() => setLater(true)}>
      <p>{t("termsdue.text")}</p>
      <p>
        <a href="/terms" target="_blank" rel="noopener">
          {t("termsdue.read")}
        </a>
      </p>
      {failure && (
        <p class="notice notice-danger" role="alert">
          {failure}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => setLater(true)}>
          {t("termsdue.later")}
        </button>
        <button
          type="button"
          class="button button-main"
          aria-disabled={busy}
          onClick={() => void accept()}
        >
          {t("termsdue.accept")}
        </button>
      </div>
    </Dialog>
  );
}
