/** One message: what it says, whether it has arrived, and what its writer may do with it. */
import { useEffect, useRef } from "preact/hooks";
import { FileView, Waiting } from "./file";
import { Icon } from "./icons";
import { onDemand } from "./on-demand";
import type { Panel } from "./panel";
import type { Bubble } from "./rows";
import { K } from "./texts/keys";
import { Words } from "./words";

/** What may be an address of a company whose content is shown on request. */
const EMBEDDED = /youtu|vimeo|google|spotify|soundcloud/;

const Embeds = onDemand((extras) => extras.Embeds);

interface Props {
  panel: Panel;
  bubble: Bubble;
}

export function BubbleView({ panel, bubble, mine }: Props & { mine: boolean }) {
  const { text, session } = panel;
  const { menu, leaving, editing } = session.messages;
  const { id, item, params } = bubble;
  const { text: words = "", file, edited_at, deleted_at } = params;
  if (deleted_at || leaving.value.has(id)) return <Gone panel={panel} id={id} />;
  const state = item?.failure
    ? "failed"
    : item
      ? item.file
        ? "unsent"
        : "waiting"
      : editing.value === id && "edits";
  return (
    <>
      <div class={`bubble ${state || ""}`}>
        {item?.file ? (
          <Waiting panel={panel} file={item.file} item={item} />
        ) : file ? (
          <FileView panel={panel} file={file} />
        ) : (
          <div dir="auto">
            <Words text={words} />
          </div>
        )}
        {edited_at && <small title={text.full(new Date(edited_at))}>{text.t(K.edited)}</small>}
        {mine && !item && <More panel={panel} id={id} />}
      </div>
      {menu.value === id && <Menu panel={panel} bubble={bubble} />}
      {EMBEDDED.test(words) && <Embeds panel={panel} text={words} />}
      {item?.failure && <Failed panel={panel} bubble={bubble} />}
    </>
  );
}

function Gone({ panel: { text, session }, id }: { panel: Panel; id: string }) {
  const { leaving } = session.messages;
  const line = useRef<HTMLParagraphElement>(null);
  const undoable = leaving.value.has(id);
  useEffect(() => {
    if (undoable) line.current?.focus();
  }, []);
  return (
    <p class="bubble gone" tabIndex={-1} ref={line}>
      {text.t(K.deleted)}
      {undoable && (
        <button type="button" class="link" onClick={() => session.messages.undo(id)}>
          {text.t(K.undo)}
        </button>
      )}
    </p>
  );
}

/** Opens the menu of a message. */
function More({ panel: { text, session }, id }: { panel: Panel; id: string }) {
  const { menu, focused } = session.messages;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (focused.value !== id) return;
    button.current?.focus();
    focused.value = null;
  });
  return (
    <button
      type="button"
      class="quiet more"
      ref={button}
      aria-label={text.t(K.more)}
      aria-expanded={menu.value === id}
      onClick={() => {
        menu.value = menu.value === id ? null : id;
      }}
    >
      <Icon name="more" />
    </button>
  );
}

function Menu({ panel, bubble: { id, params } }: Props) {
  const { text, draft, session } = panel;
  const { messages } = session;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector("button")?.focus(), []);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset draws a frame that no sheet removes whole
    <div
      class="reason menu"
      role="group"
      aria-label={text.t(K.more)}
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        messages.menu.value = null;
        messages.focused.value = id;
      }}
    >
      {params.text && (
        <button
          type="button"
          onClick={() => {
            draft.edit(id);
            panel.writing.value = true;
          }}
        >
          {text.t(K.edit)}
        </button>
      )}
      <button type="button" onClick={() => messages.remove(id)}>
        {text.t(K.drop)}
      </button>
    </div>
  );
}

/** Why a message was not sent, and what may be done about it. */
function Failed({ panel, bubble: { id, item } }: Props) {
  const { text, session, draft } = panel;
  const { sending } = session;
  const { file, failure } = item ?? {};
  const code = failure?.code ?? "";
  // The button that was pressed goes with what it was about.
  const act = (work: () => void) => () => {
    work();
    panel.writing.value = true;
  };
  const reason = file ? draft.reason(code, file.name, K.failed) : text.t(K.failed);
  return (
    <p class="reason" role="alert">
      <span>{reason}</span>
      <button type="button" onClick={act(() => sending.outbox.retry(id))}>
        {text.t(K.retry)}
      </button>
      {!file && (
        <button type="button" onClick={act(() => draft.back(sending.take(id)?.text ?? ""))}>
          {text.t(K.edit)}
        </button>
      )}
      <button type="button" onClick={act(() => sending.take(id))}>
        {text.t(K.drop)}
      </button>
    </p>
  );
}
