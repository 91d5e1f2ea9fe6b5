/** Who the company is, as the record of processing has to say. */
import { useState } from "preact/hooks";
import { t } from "../i18n/words";
import { TextField } from "../parts/field";
import { explain, looksLikeMail } from "../parts/problem";
import { useTyped } from "../parts/typed";
import { saveSettings } from "../settings/account-settings";
import { useSettings } from "../settings/general";

/** What stands at the head of the record; saved when a field is left. */
export function Company() {
  const { known, failure } = useSettings();
  if (!known) return failure === null ? null : <p class="notice">{explain(failure)}</p>;
  const own = known.privacy.organisation;
  const save = (patch: Record<string, unknown>) =>
    saveSettings({ privacy: { organisation: patch } });
  const officer = own.data_protection_officer;
  return (
    <>
      <Field
        label={t("records.address")}
        known={own.address}
        save={(address) => save({ address })}
      />
      <Field
        label={t("records.country")}
        known={own.country}
        save={(country) => save({ country })}
      />
      <Field label={t("records.email")} mail known={own.email} save={(email) => save({ email })} />
      <Officer known={officer} save={(next) => save({ data_protection_officer: next })} />
    </>
  );
}

interface FieldProps {
  label: string;
  known: string | null;
  save: (value: string | null) => Promise<void>;
  mail?: boolean;
  hint?: string | undefined;
}

function Field({ label, known, save, hint, mail = false }: FieldProps) {
  const field = useTyped({
    known: known ?? "",
    check: (value) => (mail && value && !looksLikeMail(value) ? t("wrong.email") : undefined),
    save: (value) => save(value || null),
  });
  return (
    <TextField
      label={label}
      name={label}
      type={mail ? "email" : "text"}
      autocomplete="off"
      maxLength={400}
      value={field.text}
      hint={hint}
      error={field.wrong}
      onInput={field.type}
      onBlur={() => void field.leave()}
    />
  );
}

interface OfficerProps {
  known: { name: string; email: string } | null;
  save: (value: { name: string; email: string } | null) => Promise<void>;
}

/** Name and address belong together: neither is kept without the other. */
function Officer({ known, save }: OfficerProps) {
  const [half, setHalf] = useState<{ name?: string | null; email?: string | null }>({});
  const put = async (part: { name?: string | null; email?: string | null }): Promise<void> => {
    const next = { ...known, ...half, ...part };
    setHalf(next);
    if (next.name && next.email) await save({ name: next.name, email: next.email });
    else if (!next.name && !next.email && known) await save(null);
    else return;
    // Both are kept; what was changed meanwhile is not.
    setHalf((now) => (now === next ? {} : now));
  };
  const name = half.name === undefined ? (known?.name ?? null) : half.name;
  const email = half.email === undefined ? (known?.email ?? null) : half.email;
  // What is typed is not kept yet, and that has to be said.
  const hint = Boolean(name) === Boolean(email) ? undefined : t("records.dpo_hint");
  return (
    <>
      <Field
        label={t("records.dpo_name")}
        known={name}
        hint={email && !name ? hint : undefined}
        save={(value) => put({ name: value })}
      />
      <Field
        label={t("records.dpo_email")}
        hint={name && !email ? hint : undefined}
        mail
        known={email}
        save={(value) => put({ email: value })}
      />
    </>
  );
}
