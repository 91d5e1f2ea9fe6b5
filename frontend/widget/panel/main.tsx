/** Where the panel starts. */

import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import "../../shared/tokens.css";
import "./panel.css";
import "./files.css";
import "./cards.css";
import "./privacy.css";
import { effect, useSignal } from "../view/signals";
import { Composer } from "./composer";
import { Viewer } from "./file";
import { isNobodys } from "./gone";
import { Header } from "./header";
import { Host } from "./host";
import { Icon } from "./icons";
import { Messages } from "./messages";
import { NoticeCard } from "./notice-card";
import { onDemand } from "./on-demand";
import { Panel } from "./panel";
import { Restricted } from "./restricted";
import { K } from "./texts/keys";

/** In the place of what could not be loaded. */
function Unreachable({ panel, again }: { panel: Panel; again: () => void }) {
  return (
    <div class="failure" role="alert">
      <p>{panel.text.t(K.unreachable)}</p>
      <button type="button" class="wide" onClick={again}>
        {panel.text.t(K.retry)}
      </button>
    </div>
  );
}

const Privacy = onDemand<{ panel: Panel }>(
  (extras) => extras.Privacy,
  ({ panel }) => <Unreachable panel={panel} again={Privacy.fetch} />,
);

function App({ panel }: { panel: Panel }) {
  const { text, bar, phase, privacy } = panel;
  const entry = useRef<HTMLButtonElement>(null);
  const before = useRef(false);
  useEffect(() => {
    if (before.current && !privacy.value) entry.current?.focus();
    before.current = privacy.value;
  }, [privacy.value]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.isComposing) return;
    if (privacy.value) panel.leavePrivacy();
    else if (panel.closable) panel.host.say({ type: "close" });
  };
  const dropping = useSignal(false);
  const onDrag = (event: DragEvent) => {
    const { type, dataTransfer, relatedTarget } = event;
    if (!dataTransfer?.types.includes("Files")) return;
    // Also where none is taken: the browser would leave the chat and show the file.
    event.preventDefault();
    if (type === "drop") panel.draft.attach(dataTransfer.files);
    const within = (event.currentTarget as Node).contains(relatedTarget as Node | null);
    const still = type === "dragleave" && dropping.value && within;
    dropping.value = (still || type === "dragover") && !!panel.widget.value?.files;
  };
  return (
    <main
      class={dropping.value ? "panel dropping" : "panel"}
      onKeyDown={onKeyDown}
      onDragOver={onDrag}
      onDragLeave={onDrag}
      onDrop={onDrag}
    >
      <Header panel={panel} />
      {bar.value && (
        <p class="bar" role="status">
          {text.t(bar.value)}
        </p>
      )}
      {privacy.value ? (
        <Privacy panel={panel} />
      ) : phase.value === "unreachable" ? (
        <Unreachable panel={panel} again={() => panel.retry()} />
      ) : (
        <>
          <Messages panel={panel} />
          <NoticeCard panel={panel} />
          <Restricted panel={panel} />
          <Composer panel={panel} />
        </>
      )}
      <footer>
        <button
          type="button"
          class="small"
          ref={entry}
          aria-expanded={privacy.value}
          onPointerEnter={Privacy.fetch}
          onClick={() => {
            if (privacy.value) panel.leavePrivacy();
            else privacy.value = true;
          }}
        >
          <Icon name="shield" />
          {text.t(K.privacy)}
        </button>
      </footer>
      {panel.viewing.value && <Viewer panel={panel} file={panel.viewing.value} />}
      <p class="spoken" aria-live="polite">
        {panel.spoken.value}
      </p>
    </main>
  );
}

async function start(root: HTMLElement): Promise<void> {
  if (isNobodys()) return new Host().say({ type: "gone" });
  const { dataset } = document.documentElement;
  const site = location.pathname.split("/").filter(Boolean).at(-1) ?? dataset.site ?? "";
  const panel = await Panel.open(site, new Host());
  const { language, dir } = panel.text;
  Object.assign(document.documentElement, { lang: language, dir });
  document.title = panel.text.t(K.team);
  let told = -1;
  effect(() => {
    const count = panel.session.unread.value;
    if (count !== told) panel.host.say({ type: "unread", count });
    told = count;
  });
  render(<App panel={panel} />, root);
  // Who has a chat may want to see what is held also while there is no network.
  effect(() => panel.session.token.value && Privacy.fetch());
}

const root = document.getElementById("root");
if (root) void start(root);
