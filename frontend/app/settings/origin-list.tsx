/** The sites that may show the widget: everywhere while the list is empty. */
import { useState } from "preact/hooks";
import type { Site } from "../../shared/types";
import { t } from "../i18n/words";
import { TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { originOf } from "./origins";
import { refused, saveSite } from "./saving";

export function OriginList({ site }: { site: Site }) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  const origins = site.allowed_origins;
  const fromServer = refused.value.get(site.id)?.allowed_origins;

  const add = (event: Event): void => {
    event.preventDefault();
    const origin = originOf(typed);
    if (!origin) setWrong(t("origins.wrong"));
    else if (origins.includes(origin)) setWrong(t("origins.twice"));
    else {
      setTyped("");
      saveSite(site.id, { allowed_origins: [...origins, origin] });
    }
  };
  const remove = (origin: string): void =>
    saveSite(site.id, { allowed_origins: origins.filter((one) => one !== origin) });

  return (
    <>
      {origins.length === 0 ? (
        <p class="notice">{t("origins.none")}</p>
      ) : (
        <ul class="lines">
          {origins.map((origin) => (
            <li key={origin}>
              <Icon name="globe" size={18} />
              <code class="line-main">{origin}</code>
              <button
                type="button"
                class="button-icon"
                aria-label={t("origins.remove", { origin })}
                title={t("origins.remove", { origin })}
                onClick={() => remove(origin)}
              >
                <Icon name="close" size={18} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <form class="inline-form" onSubmit={add} noValidate>
        <TextField
          label={t("origins.add_label")}
          name="origin"
          value={typed}
          placeholder="https://www.example.com"
          error={wrong ?? fromServer}
          onInput={(text) => {
            setTyped(text);
            setWrong(undefined);
          }}
        />
        <button type="submit" class="button">
          {t("origins.add")}
        </button>
      </form>
    </>
  );
}
