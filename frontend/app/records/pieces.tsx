/** Small parts that the pages of records share. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { has, t } from "../i18n/words";
import { FieldError } from "../parts/field";
import { team } from "../store/state";

/** An action of the log, in words; what is newer than the words stands as it is. */
export function actionWords(action: string): string {
  const name = action.startsWith("request-") ? "request" : action;
  const key = `action.${name.replace(/-/gu, "_")}`;
  const words = has(key) ? t(key) : action;
  const state = `requests.state_${action.replace("request-", "").replace(/-/gu, "_")}`;
  return name === "request" && has(state) ? `${words} (${t(state)})` : words;
}

export function actorName(kind: string, id: string | null): string {
  if (kind === "system") return t("audit.software");
  if (kind === "visitor") return t("audit.visitor");
  const member = team.value.find((one) => one.id === id);
  return member ? (member.display_name ?? member.name) : t("audit.gone");
}

interface ChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  children: ComponentChildren;
}

export function Choice({ label, value, onChange, error, children }: ChoiceProps) {
  const id = useId();
  return (
    <div class={error ? "field field-wrong" : "field"}>
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {children}
      </select>
      <FieldError id={`${id}-error`} text={error} />
    </div>
  );
}

interface LinesProps {
  label: string;
  name?: string;
  value: string;
  onInput: (value: string) => void;
  error?: string | undefined;
  rows?: number;
}

/** A text of several lines. */
export function Lines({ label, name, value, onInput, error, rows = 3 }: LinesProps) {
  const id = useId();
  return (
    <div class={error ? "field field-wrong" : "field"}>
      <label for={id}>{label}</label>
      <textarea
        id={id}
        name={name}
        rows={rows}
        dir={value ? "auto" : undefined}
        maxLength={10_000}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <FieldError id={`${id}-error`} text={error} />
    </div>
  );
}

interface MomentProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string;
  error?: string | undefined;
}

/** A day and a time, as the reader's clock says it. */
export function Moment({ label, value, onInput, hint, error }: MomentProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].join(" ").trim();
  return (
    <div class={error ? "field field-wrong" : "field"}>
      <label for={id}>{label}</label>
      <div class="field-box">
        <input
          id={id}
          type="datetime-local"
          value={value}
          aria-invalid={error ? true : undefined}
          aria-describedby={described || undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </div>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <FieldError id={`${id}-error`} text={error} />
    </div>
  );
}

const two = (value: number): string => String(value).padStart(2, "0");

/** A time as the field for it takes it, on the reader's clock. */
export function local(time: Date): string {
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date}T${two(time.getHours())}:${two(time.getMinutes())}`;
}

export const iso = (value: string): string | null =>
  Number.isNaN(Date.parse(value)) ? null : new Date(value).toISOString();
