/** Where the panel starts. */
import { effect } from "@preact/signals";
import { render } from "preact";
import "../../shared/tokens.css";
import "./panel.css";
import { Composer } from "./composer";
import { Header } from "./header";
import { Host } from "./host";
import { Icon } from "./icons";
import { Messages } from "./messages";
import { NoticeCard } from "./notice-card";
import { Panel } from "./panel";
import { Privacy } from "./privacy";

function App({ panel }: { panel: Panel }) {
  const { text, bar, phase, privacy } = panel;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.isComposing) return;
    if (privacy.value) privacy.value = false;
    else if (panel.closable) panel.host.say({ type: "close" });
  };
  return (
    <main class="panel" onKeyDown={onKeyDown}>
      <Header panel={panel} />
      {bar.value && (
        <p class="bar" role="status">
          {text.t(bar.value)}
        </p>
      )}
      {privacy.value ? (
        <Privacy panel={panel} />
      ) : phase.value === "unreachable" ? (
        <div class="failure" role="alert">
          <p>{text.t("unreachable")}</p>
          <button type="button" class="wide" onClick={() => panel.retry()}>
            {text.t("retry")}
          </button>
        </div>
      ) : (
        <>
          <Messages panel={panel} />
          <NoticeCard panel={panel} />
          <Composer panel={panel} />
        </>
      )}
      <footer>
        <button
          type="button"
          class="small"
          aria-expanded={privacy.value}
          onClick={() => {
            privacy.value = !privacy.value;
          }}
        >
          <Icon name="shield" />
          {text.t("privacy")}
        </button>
      </footer>
      <p class="spoken" aria-live="polite">
        {panel.spoken.value}
      </p>
    </main>
  );
}

async function start(root: HTMLElement): Promise<void> {
  const { dataset } = document.documentElement;
  const site = location.pathname.split("/").filter(Boolean).at(-1) ?? dataset.site ?? "";
  const panel = await Panel.open(site, new Host());
  const { language, dir } = panel.text;
  Object.assign(document.documentElement, { lang: language, dir });
  document.title = panel.text.t("team");
  effect(() => panel.host.say({ type: "unread", count: panel.session.unread.value }));
  render(<App panel={panel} />, root);
}

const root = document.getElementById("root");
if (root) void start(root);
