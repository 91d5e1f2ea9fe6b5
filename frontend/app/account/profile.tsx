/** The own profile: how one is called, in which language one works, password and sessions. */
import { useEffect } from "preact/hooks";
import { LANGUAGES, t } from "../i18n/words";
import { Switch, TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { explain, wrongFields } from "../parts/problem";
import { toast } from "../parts/toast";
import { useTyped } from "../parts/typed";
import { Part, SettingsPage } from "../settings/page";
import { leaveApp } from "../shell/leaving";
import { AccountExports } from "./account-export";
import { CloseAccount } from "./close-account";
import { PasswordChange } from "./password-change";
import { changeOwn, type OwnChange, operator } from "./session";
import { Sessions } from "./sessions";

export function Profile() {
  const self = operator.value;
  if (!self) return null;
  return (
    <SettingsPage title={t("profile.title")} lead={t("profile.lead")}>
      <Part title={t("profile.you")} text={t("profile.you_text")}>
        <Names />
        <Language />
        <Switch
          label={t("status.switch")}
          hint={t("status.hint")}
          checked={self.availability === "online"}
          onChange={(on) => void saveOwn({ availability: on ? "online" : "offline" })}
        />
      </Part>
      <Part title={t("password.title")} text={t("password.text")}>
        <PasswordChange />
      </Part>
      <Part title={t("sessions.title")} text={t("sessions.text")}>
        <Sessions />
        <button type="button" class="button" onClick={() => void leaveApp()}>
          <Icon name="out" size={18} />
          {t("signout")}
        </button>
      </Part>
      {self.role === "owner" && (
        <>
          <Part title={t("accountexport.title")} text={t("accountexport.lead")}>
            <AccountExports />
          </Part>
          <Part title={t("closing.open")} text={t("closing.lead")}>
            <CloseAccount />
          </Part>
        </>
      )}
    </SettingsPage>
  );
}

/** Save a change of the own profile, with the way back. Throws what the server said. */
async function keepOwn(change: OwnChange): Promise<void> {
  const before = operator.peek();
  if (!before) return;
  const names = Object.keys(change) as (keyof OwnChange)[];
  const back = Object.fromEntries(names.map((name) => [name, before[name]])) as OwnChange;
  await changeOwn(change);
  toast(t("saved"), { undo: () => void told(changeOwn(back)) });
}

async function told(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (cause) {
    toast(explain(cause), { failed: true });
  }
}

/** The same where a failure has no field to stand at. */
export const saveOwn = (change: OwnChange): Promise<void> => told(keepOwn(change));

function Names() {
  return (
    <>
      <OwnField field="name" label={t("field.name")} autocomplete="name" required />
      <OwnField
        field="display_name"
        label={t("profile.display_name")}
        hint={t("profile.display_name_hint")}
        autocomplete="nickname"
      />
    </>
  );
}

interface OwnFieldProps {
  field: "name" | "display_name";
  label: string;
  autocomplete: string;
  hint?: string;
  required?: boolean;
}

function OwnField({ field, label, hint, autocomplete, required = false }: OwnFieldProps) {
  const { text, wrong, typing, type, keep, leave } = useTyped({
    known: operator.value?.[field] ?? "",
    check: (value) => (required && !value ? t("wrong.empty") : undefined),
    save: (value) => keepOwn({ [field]: value || null } as OwnChange),
    why: (cause) => wrongFields(cause)[field] ?? explain(cause),
  });
  useEffect(() => {
    if (!typing) return;
    const timer = setTimeout(() => void keep(), 900);
    return () => clearTimeout(timer);
  }, [text, typing]);

  return (
    <TextField
      label={label}
      name={field}
      {...(hint ? { hint } : {})}
      autocomplete={autocomplete}
      maxLength={100}
      value={text}
      error={wrong}
      onInput={type}
      onBlur={() => void leave()}
    />
  );
}

function Language() {
  const current = operator.value?.language.split("-")[0] ?? "en";
  return (
    <div class="field">
      <label for="own-language">{t("profile.language")}</label>
      <select
        id="own-language"
        value={current}
        onChange={(event) => void saveOwn({ language: event.currentTarget.value })}
      >
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
