/** Writing texts by language, and publishing them with what will happen said before. */
import { useId, useState } from "preact/hooks";
import { dirOf } from "../../shared/i18n";
import { t } from "../i18n/words";
import { FieldError } from "../parts/field";
import { explainField } from "../parts/problem";
import { toast } from "../parts/toast";
import { languageName, languageNames } from "./languages";
import { type Outcome, outcome, type Texts, wordless } from "./published";

interface AreaProps {
  label: string;
  language: string;
  value: string;
  onInput: (text: string) => void;
  onBlur?: () => void;
  rows?: number;
  maxLength: number;
  placeholder?: string;
  hint?: string;
  error?: string | undefined;
}

/** One text in one language. */
export function TextArea({ label, language, value, onInput, error, hint, ...rest }: AreaProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].join(" ").trim();
  return (
    <div class={error ? "field field-wrong" : "field"}>
      <label for={id}>
        {label} <span class="faint">({languageName(language)})</span>
      </label>
      <textarea
        id={id}
        rows={rest.rows ?? 3}
        dir={value ? "auto" : dirOf(language)}
        lang={language}
        maxLength={rest.maxLength}
        value={value}
        placeholder={rest.placeholder ?? ""}
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
        onBlur={() => rest.onBlur?.()}
      />
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <FieldError id={`${id}-error`} text={error} />
    </div>
  );
}

interface PublishProps {
  published: Texts;
  draft: Texts;
  /** What visitors do with it: read, agree to or answer. */
  kind: "legal" | "marketing";
  send: () => Promise<void>;
  onDiscard: () => void;
}

function consequence(found: Outcome, kind: PublishProps["kind"], draft: Texts): string {
  if (found.kind === "off") return t(`publish.off_${kind}`);
  if (found.kind === "kept") return t("publish.kept");
  if (found.kind === "nothing") return "";
  const languages = languageNames(found.languages);
  if (kind === "marketing") return t("publish.marketing", { languages });
  return t(draft.requires_agreement ? "publish.agree" : "publish.shown", { languages });
}

/** Shown while the draft differs: what publishing does, and the two ways on. */
export function Publish({ published, draft, kind, send, onDiscard }: PublishProps) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const found = outcome(published, draft);
  const empty = wordless(draft);
  if (found.kind === "nothing" && !empty) return null;
  const publish = async (): Promise<void> => {
    if (busy || empty) return;
    setBusy(true);
    setFailure(null);
    try {
      await send();
      toast(t(found.kind === "versions" ? "publish.done" : "saved"));
    } catch (cause) {
      setFailure(explainField(cause));
    } finally {
      setBusy(false);
    }
  };
  const action =
    found.kind === "off"
      ? "publish.do_off"
      : found.kind === "kept"
        ? "publish.do_keep"
        : "publish.do";
  return (
    <section class="publish" aria-label={t("publish.label")}>
      <p>{empty ? t("publish.empty") : consequence(found, kind, draft)}</p>
      {failure && (
        <p class="notice notice-danger" role="alert">
          {failure}
        </p>
      )}
      <div class="publish-acts">
        <button type="button" class="button" onClick={onDiscard}>
          {t("publish.discard")}
        </button>
        <button
          type="button"
          class="button button-main"
          aria-disabled={busy || empty}
          onClick={() => void publish()}
        >
          {t(action)}
        </button>
      </div>
    </section>
  );
}
