/** Who is there. */
import { Icon } from "./icons";
import type { Panel } from "./panel";
import { initials } from "./rows";
import { K } from "./texts/keys";

export function Header({ panel }: { panel: Panel }) {
  const { text, widget } = panel;
  const names = (widget.value?.operators ?? []).slice(0, 3).map(({ name }) => name);
  return (
    <header>
      {names.length > 0 && (
        <div class="faces" aria-hidden="true">
          {names.map((name) => (
            <span class="face" key={name}>
              {initials(name)}
            </span>
          ))}
        </div>
      )}
      <div class="who">
        <h1>
          <bdi>{panel.teamName}</bdi>
        </h1>
        {widget.value && !panel.bar.value && (
          <p class={widget.value.online ? "there" : ""}>{presence(panel, names)}</p>
        )}
      </div>
      {panel.closable && (
        <button
          type="button"
          class="quiet square"
          aria-label={text.t(K.close)}
          onClick={() => panel.host.say({ type: "close" })}
        >
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}

function presence({ text, widget }: Panel, names: string[]): string {
  if (!widget.value?.online) return text.t(K.away);
  if (names.length === 0) return text.t(K.online);
  const list = new Intl.ListFormat(text.language, { type: "conjunction" }).format(names);
  return text.t(K.here, { names: list, count: names.length });
}
