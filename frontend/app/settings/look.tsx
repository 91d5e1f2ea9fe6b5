/** What visitors see of a site: colour, place, name and greetings, with the drawing beside them. */
import { useId, useState } from "preact/hooks";
import type { Site } from "../../shared/types";
import { language, t } from "../i18n/words";
import { FieldError, TextField } from "../parts/field";
import { ColorField } from "./color";
import { LanguageChoice, primary } from "./languages";
import { Preview } from "./preview";
import { type AppearanceChange, flushSite, refused, saveSite } from "./saving";

export function Look({ site }: { site: Site }) {
  const [spoken, setSpoken] = useState(primary(language.peek()));
  const [online, setOnline] = useState(true);
  const { appearance } = site;
  const set = (change: AppearanceChange): void => saveSite(site.id, { appearance: change });
  const wrong = refused.value.get(site.id)?.appearance;
  return (
    <div class="look">
      <div class="look-form">
        <ColorField value={appearance.color} onChange={(color) => set({ color })} />
        <Place site={site} set={set} />
        <TextField
          label={t("site.team")}
          name="team_name"
          hint={t("site.team_hint")}
          maxLength={80}
          value={appearance.team_name ?? ""}
          onInput={(name) => set({ team_name: name })}
          onBlur={() => void flushSite(site.id)}
        />
        <Greetings site={site} set={set} spoken={spoken} onSpoken={setSpoken} onState={setOnline} />
        <FieldError id="look-error" text={wrong} />
      </div>
      <div class="look-preview">
        <Preview site={site} language={spoken} online={online} />
        <fieldset class="segments">
          <legend class="spoken">{t("preview.state")}</legend>
          {[true, false].map((state) => (
            <label key={String(state)}>
              <input
                type="radio"
                name="preview-state"
                checked={online === state}
                onChange={() => setOnline(state)}
              />
              <span>{t(state ? "preview.when_online" : "preview.when_offline")}</span>
            </label>
          ))}
        </fieldset>
      </div>
    </div>
  );
}

interface Settable {
  site: Site;
  set: (change: AppearanceChange) => void;
}

function Place({ site, set }: Settable) {
  const { position } = site.appearance;
  const distance = (axis: "x" | "y", text: string): void => {
    const value = Math.round(Number(text));
    if (text !== "" && value >= 0 && value <= 200)
      set({ position: { ...position, [axis]: value } });
  };
  return (
    <fieldset class="place">
      <legend>{t("site.position")}</legend>
      {/* Left stands on the left and right on the right, in every language. */}
      <div class="segments" dir="ltr">
        {(["left", "right"] as const).map((side) => (
          <label key={side}>
            <input
              type="radio"
              name="side"
              checked={position.side === side}
              onChange={() => set({ position: { ...position, side } })}
            />
            <span>{t(`site.side_${side}`)}</span>
          </label>
        ))}
      </div>
      <div class="distances">
        {(["x", "y"] as const).map((axis) => (
          <label key={axis} class="distance">
            <span>{t(`site.distance_${axis}`)}</span>
            <input
              type="number"
              min={0}
              max={200}
              inputMode="numeric"
              value={position[axis]}
              onInput={(event) => distance(axis, event.currentTarget.value)}
            />
            <span aria-hidden="true">px</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface GreetingsProps extends Settable {
  spoken: string;
  onSpoken: (language: string) => void;
  /** Which of the two is being written, so that the drawing shows it. */
  onState: (online: boolean) => void;
}

function Greetings({ site, set, spoken, onSpoken, onState }: GreetingsProps) {
  const { greeting_online, greeting_offline } = site.appearance;
  const written = (code: string): boolean =>
    Boolean(greeting_online[code] || greeting_offline[code]);
  return (
    <fieldset class="greetings">
      <legend>{t("site.greetings")}</legend>
      <LanguageChoice spoken={spoken} onSpoken={onSpoken} written={written} />
      {(["greeting_online", "greeting_offline"] as const).map((field) => (
        <GreetingField
          key={field}
          site={site}
          field={field}
          spoken={spoken}
          set={set}
          onFocus={() => onState(field === "greeting_online")}
        />
      ))}
    </fieldset>
  );
}

interface GreetingFieldProps extends Settable {
  field: "greeting_online" | "greeting_offline";
  spoken: string;
  onFocus: () => void;
}

function GreetingField({ site, set, field, spoken, onFocus }: GreetingFieldProps) {
  const id = useId();
  const texts = site.appearance[field];
  const write = (text: string): void => set({ [field]: { [spoken]: text.trim() ? text : null } });
  const online = field === "greeting_online";
  return (
    <div class="field">
      <label for={id}>{t(online ? "site.greeting_online" : "site.greeting_offline")}</label>
      <textarea
        id={id}
        rows={2}
        dir={texts[spoken] ? "auto" : undefined}
        lang={spoken}
        maxLength={500}
        value={texts[spoken] ?? ""}
        placeholder={t(online ? "preview.greeting_online" : "preview.greeting_offline")}
        onFocus={onFocus}
        onInput={(event) => write(event.currentTarget.value)}
        onBlur={() => void flushSite(site.id)}
      />
    </div>
  );
}
