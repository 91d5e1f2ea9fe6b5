/** The own profile: how one is called, in which language one works, password and sessions. */
import { useEffect, useRef, useState } from "preact/hooks";
import { LANGUAGES, t } from "../i18n/words";
import { Switch, TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { explain, type Wrong, wrongFields } from "../parts/problem";
import { toast } from "../parts/toast";
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

/** Save a change of the own profile, with the way back. Answers what was wrong, by field; null is nothing. */
export async function saveOwn(change: OwnChange, quiet = false): Promise<Wrong | null> {
  const before = operator.peek();
  if (!before) return null;
  try {
    await changeOwn(change);
    const names = Object.keys(change) as (keyof OwnChange)[];
    const back = Object.fromEntries(names.map((name) => [name, before[name]])) as OwnChange;
    if (!quiet) toast(t("saved"), { undo: () => void saveOwn(back, true) });
    return null;
  } catch (cause) {
    const wrong = wrongFields(cause);
    if (Object.keys(wrong).length === 0) toast(explain(cause), { failed: true });
    return wrong;
  }
}

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
  const known = operator.value?.[field] ?? "";
  const [text, setText] = useState(known);
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  // What is being typed, or could not be kept, is not written over.
  const typing = useRef(false);
  useEffect(() => {
    if (!typing.current) setText(known);
  }, [known]);
  const latest = useRef({ text, known });
  latest.current = { text, known };

  const save = async (): Promise<void> => {
    const value = latest.current.text.trim();
    if (value === latest.current.known) return;
    if (required && !value) return setWrong(t("wrong.empty"));
    setWrong((await saveOwn({ [field]: value || null } as OwnChange))?.[field]);
  };
  const leave = async (): Promise<void> => {
    await save();
    typing.current = latest.current.text.trim() !== latest.current.known;
  };
  useEffect(() => {
    if (text === known) return;
    const timer = setTimeout(() => void save(), 900);
    return () => clearTimeout(timer);
  }, [text, known]);

  return (
    <TextField
      label={label}
      name={field}
      {...(hint ? { hint } : {})}
      autocomplete={autocomplete}
      maxLength={100}
      value={text}
      error={wrong}
      onInput={(typed) => {
        typing.current = true;
        setText(typed);
        setWrong(undefined);
      }}
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
