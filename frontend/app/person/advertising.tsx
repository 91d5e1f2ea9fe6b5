/** Whether an address may be written to at all: an objection outlives every other answer. */
import type { ChatVisitor, VisitorCard } from "../../shared/types";
import { administers } from "../account/session";
import { t } from "../i18n/words";
import { useBusy } from "../parts/busy";
import { ask } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { toast } from "../parts/toast";
import { client } from "../store/client";
import { chats } from "../store/state";

export function Advertising({ visitor }: { visitor: ChatVisitor }) {
  const { busy, run } = useBusy();
  const { id, email, do_not_contact: barred = false } = visitor;
  if (!email || (!barred && !administers.value)) return null;
  const change = async (): Promise<void> => {
    if (busy) return;
    if (barred) {
      const title = t("barred.lift_title", { email });
      const sure = await ask({ title, text: t("barred.lift_text"), action: t("barred.lift_do") });
      if (!sure) return;
    }
    await run(async () => {
      await client.post(barred ? "/v1/suppressions/revocation" : "/v1/suppressions", { email });
      const { do_not_contact } = await client.get<VisitorCard>(`/v1/visitors/${id}`);
      chats.visitor(id, { do_not_contact: do_not_contact ?? false });
      toast(t(barred ? "barred.lifted" : "barred.done"));
    });
  };
  return (
    <>
      {barred && (
        <p class="notice notice-warning barred">
          <Icon name="alert" size={16} />
          <span>{t("barred.is")}</span>
        </p>
      )}
      {administers.value && (
        <div class="person-acts">
          <button
            type="button"
            class="button button-small"
            aria-disabled={busy}
            onClick={() => void change()}
          >
            {t(barred ? "barred.lift" : "barred.do")}
          </button>
        </div>
      )}
    </>
  );
}
