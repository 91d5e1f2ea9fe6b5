/** Settings of the whole account: its contact, and the legal text in the widget. */
import { useEffect, useState } from "preact/hooks";
import type { Settings } from "../../shared/types";
import { t } from "../i18n/words";
import { TextField } from "../parts/field";
import { explain, looksLikeMail } from "../parts/problem";
import { useTyped } from "../parts/typed";
import { loadSettings, saveSettings, settings } from "./account-settings";
import { LegalText } from "./legal-text";
import { Part, SettingsPage } from "./page";

/** The settings, asked for anew whenever a page shows them. */
export function useSettings(): { known: Settings | null; failure: unknown } {
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    loadSettings().catch(setFailure);
  }, []);
  return { known: settings.value, failure };
}

export function GeneralSettings() {
  const { known, failure } = useSettings();
  return (
    <SettingsPage title={t("settings.general")} lead={t("general.lead")}>
      {failure !== null && !known && <p class="notice notice-danger">{explain(failure)}</p>}
      {known && (
        <>
          <Part title={t("legal.title")} text={t("legal.lead")}>
            <LegalText published={known.general.legal_text} />
          </Part>
          <Part title={t("general.contact")} text={t("general.contact_text")}>
            <Contact known={known.general.notification_email ?? ""} />
          </Part>
        </>
      )}
    </SettingsPage>
  );
}

function Contact({ known }: { known: string }) {
  const as = (email: string) => ({ general: { notification_email: email || null } });
  const field = useTyped({
    known,
    check: (value) => (value && !looksLikeMail(value) ? t("wrong.email") : undefined),
    save: (value) => saveSettings(as(value), as(known)),
  });
  return (
    <TextField
      label={t("general.email")}
      name="notification_email"
      type="email"
      autocomplete="off"
      value={field.text}
      error={field.wrong}
      onInput={field.type}
      onBlur={() => void field.leave()}
    />
  );
}
