/** Noting who was told of a breach, at once or in phases; late with the reasons for it. */
import { t } from "../i18n/words";
import { useForm } from "../parts/form";
import { toast } from "../parts/toast";
import { now } from "../parts/when";
import { client } from "../store/client";
import { Choice, Lines } from "./pieces";
import type { Breach } from "./shapes";

interface Props {
  breach: Breach;
  onChanged: () => void;
}

export function Telling({ breach, onChanged }: Props) {
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: { whom: "authority", text: "", final: false as boolean, late_reason: "" },
    check: ({ text }) => (text.trim() ? {} : { text: t("wrong.empty") }),
    send: async ({ whom, text, final, late_reason }) => {
      await client.post(`/v1/breaches/${breach.id}/told`, {
        whom,
        text,
        final,
        ...(late_reason.trim() ? { late_reason } : {}),
      });
      toast(t("saved"));
      set("text", "");
      onChanged();
    },
  });
  const { deadline_at, told_at } = breach.clock;
  const late = !told_at && Date.parse(deadline_at) < now.value;
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <Choice
        label={t("breach.tell_whom")}
        value={values.whom}
        onChange={(whom) => set("whom", whom)}
      >
        <option value="authority">{t("breach.tell_authority")}</option>
        <option value="people">{t("breach.tell_people")}</option>
      </Choice>
      <Lines
        label={t("breach.tell_text")}
        value={values.text}
        error={wrong.text}
        onInput={(typed) => set("text", typed)}
      />
      {late && values.whom === "authority" && (
        <Lines
          label={t("breach.late_reason")}
          value={values.late_reason}
          error={wrong.late_reason}
          onInput={(typed) => set("late_reason", typed)}
        />
      )}
      {values.whom === "authority" && (
        <label class="records-check">
          <input
            type="checkbox"
            checked={values.final}
            onChange={(event) => set("final", event.currentTarget.checked)}
          />
          <span>{t("breach.tell_final")}</span>
        </label>
      )}
      {failure && <p class="notice notice-danger">{failure}</p>}
      <button type="submit" class="button" aria-disabled={busy}>
        {t("breach.tell_act")}
      </button>
    </form>
  );
}
