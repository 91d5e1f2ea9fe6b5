/** Signing out: what is not sent yet is counted first, and nothing of it stays in this browser. */
import { ownId, signOut } from "../account/session";
import { forgetWritten } from "../conversation/drafts";
import { t } from "../i18n/words";
import { ask } from "../parts/dialog";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { go } from "../router/router";
import { deleteNow } from "../store/changes";
import { outgoing } from "../store/sending";

export async function leaveApp(): Promise<void> {
  const count = outgoing.peek().length;
  if (count > 0) {
    const sure = await ask({
      title: t("signout.unsent", { count }),
      text: t("signout.unsent_text"),
      action: t("signout"),
    });
    if (!sure) return;
  }
  await deleteNow();
  const own = ownId.peek();
  try {
    await signOut();
  } catch (cause) {
    toast(explain(cause), { failed: true });
    return;
  }
  forgetWritten(own);
  go({ page: "landing", form: "sign-in" }, { replace: true });
}
