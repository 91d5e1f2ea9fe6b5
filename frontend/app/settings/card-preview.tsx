/** A faithful drawing of the widget's cards, in light and dark, in the widget's own words. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { dirOf } from "../../shared/i18n";
import type { Texts } from "../../widget/panel/texts/en";
import { LANGUAGES, loadTexts } from "../../widget/panel/texts/load";
import { t } from "../i18n/words";
import { Prose } from "../parts/prose";

type WidgetKey =
  | "agree"
  | "away"
  | "greeting_offline"
  | "greeting_online"
  | "here"
  | "privacy"
  | "write"
  | "decline"
  | "save"
  | "yes"
  | "no"
  | "email"
  | "email_title"
  | "email_why";

/** The widget's texts in a language. Empty until they are here. */
export function useWidgetWords(language: string): (key: WidgetKey) => string {
  const [texts, setTexts] = useState<Texts | null>(null);
  useEffect(() => {
    const known = LANGUAGES.find((one) => one === language) ?? "en";
    // Built for the app, the catalogues keep their names.
    const named = loadTexts(known) as Promise<unknown> as Promise<Texts>;
    named.then(setTexts, () => setTexts(null));
  }, [language]);
  return (key) => {
    const entry = texts?.[key];
    // Of what is counted, the form for one.
    return (typeof entry === "string" ? entry : entry?.one) ?? "";
  };
}

interface FrameProps {
  language: string;
  children: ComponentChildren;
}

function Frames({ language, children }: FrameProps) {
  return (
    <div class="card-previews">
      {(["light", "dark"] as const).map((theme) => (
        <figure key={theme} class="card-preview" data-theme={theme}>
          <figcaption>{t(theme === "light" ? "preview.light" : "preview.dark")}</figcaption>
          <div class="card-preview-card" lang={language} dir={dirOf(language)}>
            {children}
          </div>
        </figure>
      ))}
    </div>
  );
}

/** Buttons of the drawing: they look, and do nothing. */
function Choices({ words }: { words: readonly string[] }) {
  return (
    <div class="card-preview-choices" aria-hidden="true">
      {words.map((word, at) => (
        <span key={at}>{word}</span>
      ))}
    </div>
  );
}

interface LegalProps {
  language: string;
  text: string;
  agreement: boolean;
}

export function LegalPreview({ language, text, agreement }: LegalProps) {
  const word = useWidgetWords(language);
  return (
    <Frames language={language}>
      {text.trim() ? <Prose text={text} /> : <p class="faint">{t("legal.preview_empty")}</p>}
      {agreement && <Choices words={[word("decline"), word("agree")]} />}
    </Frames>
  );
}

interface EmailProps {
  language: string;
  text: string;
  /** The question for advertising, or null when it is off. */
  question: string | null;
}

export function EmailPreview({ language, text, question }: EmailProps) {
  const word = useWidgetWords(language);
  return (
    <Frames language={language}>
      <b>{word("email_title")}</b>
      <Prose text={text.trim() || word("email_why")} />
      <div class="card-preview-input" aria-hidden="true">
        name@example.com
      </div>
      {question !== null && (
        <>
          {question.trim() ? (
            <Prose text={question} />
          ) : (
            <p class="faint">{t("legal.preview_empty")}</p>
          )}
          <Choices words={[word("yes"), word("no")]} />
        </>
      )}
      <Choices words={[word("decline"), word("save")]} />
    </Frames>
  );
}
