/** Form fields: label above, hint below, the error at the field and tied to it. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../i18n/words";
import { Icon } from "./icon";

interface FieldProps {
  label: string;
  name: string;
  value: string;
  onInput: (value: string) => void;
  onBlur?: () => void;
  type?: "text" | "email" | "tel" | "password" | "date";
  hint?: ComponentChildren;
  error?: string | undefined;
  autocomplete?: string;
  placeholder?: string;
  required?: boolean;
  maxLength?: number;
  lang?: string;
}

export function TextField({ label, hint, error, onInput, onBlur, type, ...rest }: FieldProps) {
  const id = useId();
  const [shown, show] = useState(false);
  const secret = type === "password";
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].join(" ").trim();
  const { autocomplete, maxLength, ...plain } = rest;
  return (
    <div class={error ? "field field-wrong" : "field"}>
      <label for={id}>{label}</label>
      <div class="field-box">
        <input
          id={id}
          {...plain}
          {...(autocomplete ? { autocomplete } : {})}
          {...(maxLength ? { maxLength } : {})}
          // The types of Preact list the attributes per kind; these are allowed for all of ours.
          type={(secret && shown ? "text" : (type ?? "text")) as "text"}
          aria-invalid={error ? true : undefined}
          aria-describedby={described || undefined}
          dir={directionOf(type)}
          spellcheck={type === undefined || type === "text"}
          autoCapitalize={secret || type === "email" ? "none" : "sentences"}
          onInput={(event) => onInput(event.currentTarget.value)}
          onBlur={() => onBlur?.()}
        />
        {secret && (
          <button
            type="button"
            class="field-reveal"
            aria-pressed={shown}
            onClick={() => show(!shown)}
          >
            {shown ? t("field.hide") : t("field.show")}
            <span class="spoken"> {label}</span>
          </button>
        )}
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

/** Addresses, numbers and secrets run from the left in every language; words as they are written. */
function directionOf(type: FieldProps["type"]): "auto" | "ltr" | undefined {
  if (type === "date") return undefined;
  return type === undefined || type === "text" ? "auto" : "ltr";
}

export function FieldError({ id, text }: { id: string; text: string | undefined }) {
  if (!text) return null;
  return (
    <p class="field-error" id={id}>
      <Icon name="alert" size={16} />
      <span>{text}</span>
    </p>
  );
}

interface SwitchProps {
  label: ComponentChildren;
  checked: boolean;
  onChange: (on: boolean) => void;
  hint?: string;
  disabled?: boolean;
}

/** On or off, at once. */
export function Switch({ label, checked, onChange, hint, disabled = false }: SwitchProps) {
  const id = useId();
  return (
    <div class="switch">
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={checked}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
