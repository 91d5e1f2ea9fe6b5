/** The marketing answer, changed on the visitor's word: never without the reason for it. */
import { useId } from "preact/hooks";
import type { ChatVisitor, YesNo } from "../../shared/types";
import { nameOf } from "../conversation/naming";
import { t } from "../i18n/words";
import { Dialog, DialogEnd } from "../parts/dialog";
import { FieldError, TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { toast } from "../parts/toast";
import { changeMarketing } from "../store/actions";

const ANSWERS = ["yes", "no"] as const;
const START: { marketing: YesNo | ""; reason: string } = { marketing: "", reason: "" };

export function AnswerDialog(props: { visitor: ChatVisitor; onClose: () => void }) {
  const { visitor, onClose } = props;
  const id = useId();
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: START,
    check: ({ marketing, reason }) => ({
      marketing:
        marketing === ""
          ? t("marketing.choose")
          : marketing === visitor.marketing.answer
            ? t("marketing.same")
            : undefined,
      reason: reason.trim() ? undefined : t("marketing.reason_missing"),
    }),
    send: async ({ marketing, reason }) => {
      if (marketing === "") return;
      await changeMarketing(visitor.id, marketing, reason.trim());
      toast(t("marketing.kept"));
      onClose();
    },
  });
  return (
    <Dialog title={t("marketing.change_title", { name: nameOf(visitor) })} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <p>{t("marketing.change_text")}</p>
        <fieldset class={wrong.marketing ? "field field-wrong plain" : "field plain"}>
          <legend>{t("marketing.new_answer")}</legend>
          <div class="segments">
            {ANSWERS.map((one) => (
              <label key={one}>
                <input
                  type="radio"
                  name="marketing"
                  checked={values.marketing === one}
                  aria-invalid={wrong.marketing ? true : undefined}
                  aria-describedby={wrong.marketing ? `${id}-error` : undefined}
                  onChange={() => set("marketing", one)}
                />
                <span>{t(`marketing.${one}`)}</span>
              </label>
            ))}
          </div>
          <FieldError id={`${id}-error`} text={wrong.marketing} />
        </fieldset>
        <TextField
          label={t("marketing.reason")}
          name="reason"
          autocomplete="off"
          maxLength={500}
          hint={t("marketing.reason_hint")}
          value={values.reason}
          error={wrong.reason}
          onInput={(text) => set("reason", text)}
        />
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t("marketing.keep")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}
