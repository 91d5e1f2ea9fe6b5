/** The bot that asks for the e-mail address, and for the permission to advertise. */
import { useState } from "preact/hooks";
import type { Settings } from "../../shared/types";
import { language, t } from "../i18n/words";
import { Switch } from "../parts/field";
import { explain } from "../parts/problem";
import { useTyped } from "../parts/typed";
import { saveSettings, textsPatch, trySettings } from "./account-settings";
import { EmailPreview, useWidgetWords } from "./card-preview";
import { useSettings } from "./general";
import { LanguageChoice, primary } from "./languages";
import { Part, SettingsPage } from "./page";
import { type Draft, draftOf, drafts, sent, type Texts, write } from "./published";
import { Publish, TextArea } from "./texts-form";

type Request = Settings["email_request"];

/** Characters that the server takes. */
const LONGEST = 1000;

export function ChatbotSettings() {
  const { known, failure } = useSettings();
  return (
    <SettingsPage title={t("settings.chatbots")} lead={t("chatbots.lead")}>
      {failure !== null && !known && <p class="notice notice-danger">{explain(failure)}</p>}
      {known && (
        <Part title={t("emailbot.title")} text={t("emailbot.lead")}>
          <EmailRequest request={known.email_request} />
        </Part>
      )}
    </SettingsPage>
  );
}

function EmailRequest({ request }: { request: Request }) {
  const [spoken, setSpoken] = useState(primary(language.peek()));
  const { enabled, when, texts, marketing } = request;
  const published: Texts = { ...marketing, requires_agreement: false };
  const changed = drafts.marketing.value;
  const draft = draftOf(published, changed);
  const switchTo = (on: boolean): void =>
    void trySettings({ email_request: { enabled: on } }, { email_request: { enabled } });
  const known = texts[spoken] ?? "";
  const as = (words: string) => ({ email_request: { texts: { [spoken]: words || null } } });
  const words = useTyped({
    known,
    of: spoken,
    save: (value) => saveSettings(as(value), as(known)),
  });
  return (
    <>
      <Switch label={t("emailbot.switch")} checked={enabled} onChange={switchTo} />
      {enabled && (
        <div class="look">
          <div class="look-form">
            <When when={when} />
            <LanguageChoice
              spoken={spoken}
              onSpoken={setSpoken}
              written={(code) => Boolean(texts[code] || draft.texts[code]?.trim())}
            />
            <Words key={spoken} spoken={spoken} field={words} />
            <Question spoken={spoken} draft={draft} />
            <Publish
              kind="marketing"
              published={published}
              draft={draft}
              onDiscard={() => {
                drafts.marketing.value = null;
              }}
              send={async () => {
                const texts = textsPatch(published.texts, draft.texts);
                const change = { enabled: draft.enabled, texts };
                await saveSettings({ email_request: { marketing: change } });
                sent(drafts.marketing, changed);
              }}
            />
          </div>
          <div class="look-preview">
            <EmailPreview
              language={spoken}
              text={words.text}
              question={draft.enabled ? (draft.texts[spoken] ?? "") : null}
            />
          </div>
        </div>
      )}
    </>
  );
}

function When({ when }: { when: Request["when"] }) {
  const as = (one: Request["when"]) => ({ email_request: { when: one } });
  return (
    <fieldset class="choices">
      <legend>{t("emailbot.when")}</legend>
      {(["always", "offline"] as const).map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="email-when"
            checked={when === one}
            onChange={() => void trySettings(as(one), as(when))}
          />
          {t(`emailbot.${one}`)}
        </label>
      ))}
    </fieldset>
  );
}

/** The bot's own sentence; saved when it is left. */
function Words({ spoken, field }: { spoken: string; field: ReturnType<typeof useTyped> }) {
  const word = useWidgetWords(spoken);
  return (
    <TextArea
      label={t("emailbot.text")}
      language={spoken}
      rows={2}
      maxLength={LONGEST}
      value={field.text}
      placeholder={word("email_why")}
      hint={t("emailbot.text_hint")}
      error={field.wrong}
      onInput={field.type}
      onBlur={() => void field.leave()}
    />
  );
}

/** The question for advertising: asked with two equal buttons, nothing chosen beforehand. */
function Question({ spoken, draft }: { spoken: string; draft: Texts }) {
  const change = (some: Draft): void => write(drafts.marketing, some);
  return (
    <>
      <Switch
        label={t("emailbot.marketing")}
        hint={t("emailbot.marketing_hint")}
        checked={draft.enabled}
        onChange={(enabled) => change({ enabled })}
      />
      {draft.enabled && (
        <TextArea
          label={t("emailbot.question")}
          language={spoken}
          maxLength={LONGEST}
          value={draft.texts[spoken] ?? ""}
          placeholder={t("emailbot.question_example")}
          hint={t("emailbot.question_hint")}
          onInput={(text) => change({ texts: { [spoken]: text } })}
        />
      )}
    </>
  );
}
