/** The bot that asks for the e-mail address, and for the permission to advertise. */
import { useEffect, useState } from "preact/hooks";
import type { Settings } from "../../shared/types";
import { language, t } from "../i18n/words";
import { Switch } from "../parts/field";
import { explain } from "../parts/problem";
import { saveSettings, textsPatch, trySettings } from "./account-settings";
import { EmailPreview, useWidgetWords } from "./card-preview";
import { useSettings } from "./general";
import { LanguageChoice, primary } from "./languages";
import { Part, SettingsPage } from "./page";
import { drafts, type Texts } from "./published";
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
  const draft = drafts.marketing.value ?? published;
  const switchTo = (on: boolean): void =>
    void trySettings({ email_request: { enabled: on } }, { email_request: { enabled } });
  const [text, setText] = useState(texts[spoken] ?? "");
  useEffect(() => setText(texts[spoken] ?? ""), [texts[spoken], spoken]);
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
            <Words key={spoken} spoken={spoken} request={request} text={text} onInput={setText} />
            <Question spoken={spoken} draft={draft} />
            <Publish
              kind="marketing"
              published={published}
              draft={draft}
              onDiscard={() => {
                drafts.marketing.value = null;
              }}
              send={async () => {
                const words = textsPatch(published.texts, draft.texts);
                const change = { enabled: draft.enabled, texts: words };
                await saveSettings({ email_request: { marketing: change } });
                drafts.marketing.value = null;
              }}
            />
          </div>
          <div class="look-preview">
            <EmailPreview
              language={spoken}
              text={text}
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

interface WordsProps {
  spoken: string;
  request: Request;
  text: string;
  onInput: (text: string) => void;
}

/** The bot's own sentence; saved when it is left. */
function Words({ spoken, request, text, onInput }: WordsProps) {
  const word = useWidgetWords(spoken);
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  const known = request.texts[spoken] ?? "";
  const save = async (): Promise<void> => {
    if (text.trim() === known) return;
    const as = (words: string) => ({ email_request: { texts: { [spoken]: words || null } } });
    try {
      await saveSettings(as(text.trim()), as(known));
    } catch (cause) {
      setWrong(explain(cause));
    }
  };
  return (
    <TextArea
      label={t("emailbot.text")}
      language={spoken}
      rows={2}
      maxLength={LONGEST}
      value={text}
      placeholder={word("email_why")}
      hint={t("emailbot.text_hint")}
      error={wrong}
      onInput={(typed) => {
        onInput(typed);
        setWrong(undefined);
      }}
      onBlur={() => void save()}
    />
  );
}

/** The question for advertising: asked with two equal buttons, nothing chosen beforehand. */
function Question({ spoken, draft }: { spoken: string; draft: Texts }) {
  const change = (some: Partial<Texts>): void => {
    drafts.marketing.value = { ...draft, ...some };
  };
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
          onInput={(text) => change({ texts: { ...draft.texts, [spoken]: text } })}
        />
      )}
    </>
  );
}
