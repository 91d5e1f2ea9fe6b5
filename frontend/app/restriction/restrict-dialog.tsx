/** Restricting a person: why, by the letters of the law, and what follows from it. */
import { useId } from "preact/hooks";
import { t } from "../i18n/words";
import { Dialog, DialogEnd } from "../parts/dialog";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { toast } from "../parts/toast";
import { AlsoThem } from "../person/together";
import { client } from "../store/client";
import { hideByHand } from "../store/forget";
import type { Person } from "./hold-dialog";
import { GROUNDS, type Ground } from "./shapes";

const START: { ground: Ground; reason: string } = { ground: "accuracy", reason: "" };

export function RestrictDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const id = useId();
  const { name, visitorId, chatId } = person;
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: START,
    check: () => ({}),
    send: async ({ ground, reason }) => {
      const said = reason.trim() ? { reason: reason.trim() } : {};
      await hideByHand({ visitor_id: visitorId, chat_id: chatId }, () =>
        client.post(`/v1/visitors/${visitorId}/restriction`, { ground, ...said }),
      );
      toast(t("restriction.done", { name }));
      onClose();
    },
  });
  return (
    <Dialog title={t("restriction.title", { name })} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <p>{t("restriction.text")}</p>
        <AlsoThem visitorId={visitorId} />
        <div class="field">
          <label for={id}>{t("restriction.ground")}</label>
          <select
            id={id}
            value={values.ground}
            onChange={(event) => set("ground", event.currentTarget.value as Ground)}
          >
            {GROUNDS.map((one) => (
              <option key={one} value={one}>
                {t(`restriction.${one}`)}
              </option>
            ))}
          </select>
        </div>
        <TextField
          label={t("restriction.reason")}
          name="reason"
          autocomplete="off"
          maxLength={2000}
          value={values.reason}
          error={wrong.reason}
          onInput={(text) => set("reason", text)}
        />
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t("restriction.do")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}
