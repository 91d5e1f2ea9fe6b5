/** Entering a request that came by letter, phone or e-mail: its clock started when it came. */
import { language, t } from "../i18n/words";
import { Dialog, DialogEnd } from "../parts/dialog";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { looksLikeMail } from "../parts/problem";
import { capital } from "../parts/when";
import { go } from "../router/router";
import { languageName, primary, useLanguages } from "../settings/languages";
import { client } from "../store/client";
import { Area, Pick } from "./fields";
import { KINDS, type Kind, type Via, type Whole } from "./shapes";

const VIAS = ["letter", "phone", "email"] as const;

const today = (): string => {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};

/** The day that was chosen, as its first moment here; today is now. */
const momentOf = (date: string): string =>
  date === today() ? new Date().toISOString() : new Date(`${date}T00:00:00`).toISOString();

export function EnterDialog({ onClose }: { onClose: () => void }) {
  const languages = useLanguages(primary(language.peek()));
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: {
      kind: "access" as Kind,
      via: "letter" as Via,
      received: today(),
      name: "",
      email: "",
      text: "",
      spoken: primary(language.peek()),
    },
    check: ({ name, email, received }) => ({
      ...(name.trim() || email.trim() ? {} : { name: t("requests.enter_need") }),
      ...(email.trim() && !looksLikeMail(email) ? { email: t("wrong.email") } : {}),
      ...(received && received <= today() ? {} : { received: t("requests.enter_future") }),
    }),
    send: async ({ kind, via, received, name, email, text, spoken }) => {
      const made = await client.post<Whole>("/v1/requests", {
        kind,
        via,
        received_at: momentOf(received),
        language: spoken,
        ...(name.trim() ? { name: name.trim() } : {}),
        ...(email.trim() ? { email: email.trim() } : {}),
        ...(text.trim() ? { text: text.trim() } : {}),
      });
      onClose();
      go({ page: "requests", id: made.request.id });
    },
  });
  return (
    <Dialog title={t("requests.enter")} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <p>{t("requests.enter_text")}</p>
        <Pick
          label={t("requests.asked_for")}
          value={values.kind}
          options={KINDS.map((kind) => [kind, t(`requests.kind_${kind}`)])}
          onPick={(kind) => set("kind", kind)}
        />
        <Pick
          label={t("requests.how")}
          value={values.via}
          options={VIAS.map((via) => [via, capital(t(`requests.via_${via}`))])}
          onPick={(via) => set("via", via)}
        />
        <TextField
          label={t("requests.received")}
          name="received"
          type="date"
          value={values.received}
          error={wrong.received}
          onInput={(received) => set("received", received)}
        />
        <TextField
          label={t("requests.who")}
          name="name"
          autocomplete="off"
          maxLength={200}
          value={values.name}
          error={wrong.name}
          onInput={(name) => set("name", name)}
        />
        <TextField
          label={t("field.email")}
          name="email"
          type="email"
          autocomplete="off"
          value={values.email}
          error={wrong.email}
          onInput={(email) => set("email", email)}
        />
        <Pick
          label={t("requests.write_in")}
          value={values.spoken}
          options={languages.map((code) => [code, languageName(code)])}
          onPick={(spoken) => set("spoken", spoken)}
        />
        <Area
          label={t("requests.words")}
          value={values.text}
          maxLength={10_000}
          onInput={(text) => set("text", text)}
        />
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t("requests.enter")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}
