/** Files in the conversation: pictures to look at, everything else to take along. */
import { useEffect, useRef } from "preact/hooks";
import type { OutboxItem } from "../../shared/outbox";
import type { SentFile } from "../../shared/types";
import { useSignal } from "../view/signals";
import { sizeText } from "./draft";
import { Icon } from "./icons";
import { keep } from "./keep";
import type { Panel } from "./panel";
import { K } from "./texts/keys";

const fetchFile = async (panel: Panel, path: string) =>
  (await panel.session.fetch(`files/${path}`)).blob();

/** The bytes as an address for this page, as long as it shows them; `null` when they cannot be had. */
function useAddress(panel: Panel, path: string, wanted = true): string | null | undefined {
  const address = useSignal<string | null | undefined>(undefined);
  useEffect(() => {
    if (!wanted) return;
    let made = "";
    let gone = false;
    fetchFile(panel, path)
      .then((bytes) => {
        if (gone) return;
        made = URL.createObjectURL(bytes);
        address.value = made;
      })
      .catch(() => {
        address.value = null;
      });
    return () => {
      gone = true;
      URL.revokeObjectURL(made);
    };
  }, [path, wanted]);
  return address.value;
}

export function FileView({ panel, file }: { panel: Panel; file: SentFile }) {
  return file.thumbnail ? (
    <Picture panel={panel} file={file} />
  ) : (
    <Download panel={panel} file={file} />
  );
}

function Picture({ panel, file }: { panel: Panel; file: SentFile }) {
  const button = useRef<HTMLButtonElement>(null);
  const near = useSignal(false);
  const address = useAddress(panel, `${file.id}/thumbnail`, near.value);
  useEffect(() => {
    // Of a long chat only what comes into view is fetched.
    const watch = new IntersectionObserver((seen) => {
      near.value ||= seen.some(({ isIntersecting }) => isIntersecting);
    });
    if (button.current) watch.observe(button.current);
    return () => watch.disconnect();
  }, []);
  const { width = 4, height = 3 } = file;
  if (address === null) return <Download panel={panel} file={file} />;
  return (
    <button
      type="button"
      class="picture"
      ref={button}
      style={{ aspectRatio: `${width} / ${height}` }}
      onClick={() => {
        panel.viewing.value = file;
      }}
    >
      <span class="spoken">{panel.text.t(K.show)} </span>
      <img src={address ?? undefined} alt={file.name} />
    </button>
  );
}

function Download({ panel, file }: { panel: Panel; file: SentFile }) {
  const { text, draft } = panel;
  const busy = useSignal(false);
  const download = async () => {
    if (busy.value) return;
    busy.value = true;
    try {
      keep(await fetchFile(panel, file.id), file.name);
    } catch {
      draft.complain("");
    }
    busy.value = false;
  };
  return (
    <button type="button" class="file" aria-disabled={busy.value} onClick={() => void download()}>
      <Icon name="file" />
      <Named panel={panel} name={file.name} size={file.size} />
      <span class="spoken">{text.t(K.file_get)}</span>
      <Icon name="down" />
    </button>
  );
}

function Named({ panel, name, size }: { panel: Panel; name: string; size: number }) {
  return (
    <span class="named">
      <bdi>{name}</bdi> <small>{sizeText(size, panel.text.language)}</small>
    </span>
  );
}

/** A file beside what is being written, or on its way. */
export function Waiting({ panel, file, item }: { panel: Panel; file: File; item?: OutboxItem }) {
  const { text, session, draft } = panel;
  const part = session.sending.uploads.progress.value[item?.id ?? ""];
  return (
    <>
      <span class="file">
        <Icon name="file" />
        <Named panel={panel} name={file.name} size={file.size} />
        {!item?.failure && (
          <button
            type="button"
            class="quiet square"
            aria-label={`${text.t(K.cancel)}: ${file.name}`}
            onClick={() => {
              if (item) session.sending.take(item.id);
              else draft.detach(file);
              panel.writing.value = true;
            }}
          >
            <Icon name="close" />
          </button>
        )}
      </span>
      {item && part !== undefined && (
        <progress value={part} aria-label={`${text.t(K.sending)} ${file.name}`} />
      )}
      {item && part === undefined && !item.failure && <small>{text.t(K.file_waits)}</small>}
    </>
  );
}

/** A picture as large as the panel. */
export function Viewer({ panel, file }: { panel: Panel; file: SentFile }) {
  const { text, viewing } = panel;
  const dialog = useRef<HTMLDialogElement>(null);
  const address = useAddress(panel, file.id);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-label={file.name}
      onKeyDown={(event) => event.stopPropagation()}
      onClose={() => {
        viewing.value = null;
      }}
    >
      <div class="viewer">
        <Download panel={panel} file={file} />
        <button
          type="button"
          class="quiet square"
          aria-label={text.t(K.back)}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      {address === null ? (
        <p role="alert">{text.t(K.try_failed)}</p>
      ) : (
        <img src={address} alt={file.name} />
      )}
    </dialog>
  );
}
