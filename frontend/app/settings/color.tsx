/** A colour: from a few that work well, or any. Says when it will be darkened for readability. */
import { useEffect, useId, useState } from "preact/hooks";
import { accentOf, parseColor } from "../../shared/contrast";
import { t } from "../i18n/words";
import { Icon } from "../parts/icon";

/** Suggestions for an account's own colour; data, not part of our own look. */
const SUGGESTED = [
  "#2f6feb",
  "#0f766e",
  "#15803d",
  "#b45309",
  "#c2410c",
  "#be185d",
  "#7c3aed",
  "#1f2937",
];

interface Props {
  value: string;
  onChange: (color: string) => void;
}

export function ColorField({ value, onChange }: Props) {
  const id = useId();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const accent = accentOf(value);
  const wrong = parseColor(text) === null;
  const type = (typed: string): void => {
    const hashed = typed.startsWith("#") ? typed : `#${typed}`;
    setText(hashed);
    if (parseColor(hashed)) onChange(hashed.toLowerCase());
  };
  return (
    <fieldset class="color">
      <legend>{t("site.color")}</legend>
      <div class="swatches">
        {SUGGESTED.map((color) => (
          <button
            type="button"
            key={color}
            class="swatch"
            aria-label={t("site.color_pick", { color })}
            aria-pressed={color === value}
            ref={(element) => element?.style.setProperty("--swatch", color)}
            onClick={() => onChange(color)}
          >
            {color === value && <Icon name="check" size={16} />}
          </button>
        ))}
      </div>
      <div class="color-own">
        <input
          type="color"
          aria-label={t("site.color_any")}
          value={parseColor(value) ? value : "#2f6feb"}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
        <input
          class="color-text"
          aria-label={t("site.color_code")}
          aria-invalid={wrong || undefined}
          aria-describedby={`${id}-note`}
          spellcheck={false}
          maxLength={7}
          value={text}
          onInput={(event) => type(event.currentTarget.value)}
          onBlur={() => setText(value)}
        />
      </div>
      <p class="field-hint" id={`${id}-note`} aria-live="polite">
        {wrong
          ? t("site.color_wrong")
          : accent.darkened
            ? t("site.color_darkened", { color: accent.fill })
            : t("site.color_fine")}
      </p>
    </fieldset>
  );
}
