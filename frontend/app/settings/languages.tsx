/** In which of the widget's languages something is being written. */
import { useEffect, useId, useState } from "preact/hooks";
import type { Installation } from "../../shared/types";
import { language, t } from "../i18n/words";
import { client } from "../store/client";

export const primary = (code: string): string => code.split("-")[0] ?? code;

/** The languages that the widget speaks here, as the installation says. */
export function useLanguages(spoken: string): string[] {
  const [languages, setLanguages] = useState([spoken]);
  useEffect(() => {
    client
      .get<Installation>("/v1/installation")
      .then(({ languages: known }) => setLanguages(known))
      .catch(() => setLanguages([spoken]));
  }, []);
  return languages.includes(spoken) ? languages : [spoken, ...languages];
}

/** A language as the reader calls it. */
export const languageName = (code: string): string =>
  new Intl.DisplayNames([language.value], { type: "language" }).of(code) ?? code;

/** Several, as a sentence lists them. */
export const languageNames = (codes: readonly string[]): string =>
  new Intl.ListFormat(language.value).format(codes.map(languageName));

interface Props {
  spoken: string;
  onSpoken: (language: string) => void;
  /** Whether there is a text of the account's own. */
  written: (language: string) => boolean;
}

export function LanguageChoice({ spoken, onSpoken, written }: Props) {
  const id = useId();
  const languages = useLanguages(spoken);
  return (
    <div class="field">
      <label for={id}>{t("site.greeting_language")}</label>
      <select id={id} value={spoken} onChange={(event) => onSpoken(event.currentTarget.value)}>
        {languages.map((code) => (
          <option key={code} value={code}>
            {languageName(code)}
            {written(code) ? ` · ${t("site.greeting_own")}` : ""}
          </option>
        ))}
      </select>
    </div>
  );
}
