/** The text that visitors are shown before they can write, with the widget's card beside it. */
import { useState } from "preact/hooks";
import type { Settings } from "../../shared/types";
import { me } from "../account/session";
import { language, t } from "../i18n/words";
import { Switch, TextField } from "../parts/field";
import { saveSettings, textsPatch } from "./account-settings";
import { LegalPreview } from "./card-preview";
import { defaultText, policyLink } from "./default-text";
import { LanguageChoice, primary } from "./languages";
import { type Draft, draftOf, drafts, sent, write } from "./published";
import { Publish, TextArea } from "./texts-form";

/** Characters that the server takes. */
const LONGEST = 20_000;

export function LegalText({ published }: { published: Settings["general"]["legal_text"] }) {
  const [spoken, setSpoken] = useState(primary(language.peek()));
  const changed = drafts.legal.value;
  const draft = draftOf(published, changed);
  const change = (some: Draft): void => write(drafts.legal, some);
  const type = (text: string): void => change({ texts: { [spoken]: text } });
  const text = draft.texts[spoken] ?? "";
  return (
    <>
      <Switch
        label={t("legal.switch")}
        checked={draft.enabled}
        onChange={(enabled) => change({ enabled })}
      />
      {draft.enabled && (
        <div class="look">
          <div class="look-form">
            <Kind
              agreement={draft.requires_agreement}
              onChange={(requires_agreement) => change({ requires_agreement })}
            />
            <LanguageChoice
              spoken={spoken}
              onSpoken={setSpoken}
              written={(code) => Boolean(draft.texts[code]?.trim())}
            />
            {text.trim() === "" && <Begin spoken={spoken} onBegin={type} />}
            <TextArea
              label={t("legal.text")}
              language={spoken}
              rows={7}
              maxLength={LONGEST}
              value={text}
              hint={t("legal.markdown")}
              onInput={type}
            />
          </div>
          <div class="look-preview">
            <LegalPreview language={spoken} text={text} agreement={draft.requires_agreement} />
          </div>
        </div>
      )}
      <Publish
        kind="legal"
        published={published}
        draft={draft}
        onDiscard={() => {
          drafts.legal.value = null;
        }}
        send={async () => {
          const texts = textsPatch(published.texts, draft.texts);
          await saveSettings({ general: { legal_text: { ...draft, texts } } });
          sent(drafts.legal, changed);
        }}
      />
    </>
  );
}

interface KindProps {
  agreement: boolean;
  onChange: (agreement: boolean) => void;
}

function Kind({ agreement, onChange }: KindProps) {
  return (
    <fieldset class="choices">
      <legend>{t("legal.kind")}</legend>
      {[false, true].map((one) => (
        <label key={String(one)}>
          <input
            type="radio"
            name="legal-kind"
            checked={agreement === one}
            onChange={() => onChange(one)}
          />
          <span class="role">
            <b>{t(one ? "legal.agree" : "legal.shown")}</b>
            <small>{t(one ? "legal.agree_text" : "legal.shown_text")}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Nothing is written yet: a text of ours with the company's name and its own link. */
function Begin({ spoken, onBegin }: { spoken: string; onBegin: (text: string) => void }) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  const begin = (event: Event): void => {
    event.preventDefault();
    const link = policyLink(typed);
    if (link) onBegin(defaultText(spoken, me.value?.account.company ?? "", link));
    else setWrong(t("legal.link_wrong"));
  };
  return (
    <form class="begin" onSubmit={begin} noValidate>
      <TextField
        label={t("legal.link")}
        name="policy"
        value={typed}
        placeholder="https://www.example.com/privacy"
        hint={t("legal.link_hint")}
        error={wrong}
        onInput={(text) => {
          setTyped(text);
          setWrong(undefined);
        }}
      />
      <button type="submit" class="button">
        {t("legal.begin")}
      </button>
    </form>
  );
}
