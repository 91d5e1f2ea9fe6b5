/** One more site of the account. */
import type { Site } from "../../shared/types";
import { t } from "../i18n/words";
import { Dialog, DialogEnd } from "../parts/dialog";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { go } from "../router/router";
import { client } from "../store/client";
import { loadSites } from "../store/load";
import { inTurn } from "../store/turns";

export function NewSite({ onClose }: { onClose: () => void }) {
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: { name: "" },
    check: ({ name }) => (name.trim() ? {} : { name: t("wrong.empty") }),
    send: async ({ name }) => {
      const made = await inTurn("sites", () =>
        client.post<Site>("/v1/sites", { name: name.trim() }),
      );
      await loadSites();
      onClose();
      go({ page: "settings", section: "site", site: made.id });
    },
  });
  return (
    <Dialog title={t("site.add")} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <p>{t("site.add_text")}</p>
        <TextField
          label={t("site.name")}
          name="name"
          value={values.name}
          maxLength={100}
          error={wrong.name}
          onInput={(name) => set("name", name)}
        />
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t("site.add")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}
