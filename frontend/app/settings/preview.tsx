/** A small faithful drawing of the widget, in light and dark, that follows each key press. */
import { accentOf } from "../../shared/contrast";
import { dirOf } from "../../shared/i18n";
import type { Site } from "../../shared/types";
import { operator } from "../account/session";
import { t } from "../i18n/words";
import { initials } from "../parts/avatar";
import { Icon } from "../parts/icon";
import { useWidgetWords } from "./card-preview";

interface Props {
  site: Site;
  /** Whose greeting is shown. */
  language: string;
  online: boolean;
}

export function Preview({ site, language, online }: Props) {
  return (
    <div class="previews" role="img" aria-label={t("preview.label")}>
      <Drawing site={site} language={language} online={online} theme="light" />
      <Drawing site={site} language={language} online={online} theme="dark" />
    </div>
  );
}

function Drawing({ site, language, online, theme }: Props & { theme: "light" | "dark" }) {
  const word = useWidgetWords(language);
  const who = operator.value?.display_name || operator.value?.name || "";
  const { color, team_name, position, ...greetings } = site.appearance;
  const accent = accentOf(color);
  const own = (online ? greetings.greeting_online : greetings.greeting_offline)[language];
  const team = team_name || site.name;
  return (
    <div
      class={`preview preview-${position.side}`}
      data-theme={theme}
      lang={language}
      dir={dirOf(language)}
      aria-hidden="true"
      ref={(element) => {
        element?.style.setProperty("--preview-fill", accent.fill);
        element?.style.setProperty("--preview-on", accent.on);
        element?.style.setProperty("--preview-x", `${Math.min(position.x, 80) / 2}px`);
        element?.style.setProperty("--preview-y", `${Math.min(position.y, 80) / 2}px`);
      }}
    >
      <span class="preview-name">{t(theme === "light" ? "preview.light" : "preview.dark")}</span>
      <div class="preview-panel">
        <div class="preview-head">
          {online && <span class="preview-face">{initials(who)}</span>}
          <span class="preview-who">
            <b dir="auto">{team}</b>
            <small class={online ? "preview-there" : ""}>
              {online ? word("here").replace("{names}", () => who) : word("away")}
            </small>
          </span>
          <Icon name="close" size={12} />
        </div>
        <div class="preview-body">
          <p class="preview-theirs" dir="auto">
            {own || word(online ? "greeting_online" : "greeting_offline")}
          </p>
          <p class="preview-own">{t("preview.question")}</p>
        </div>
        <div class="preview-composer">
          <span>{word("write")}</span>
          <Icon name="send" size={14} />
        </div>
        <small class="preview-foot">{word("privacy")}</small>
      </div>
      <span class="preview-launcher">
        <Icon name="chat" size={20} />
      </span>
    </div>
  );
}
