/** Pictures of a chat, one after the other, as large as the screen. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SentFile } from "../../shared/types";
import { number, t } from "../i18n/words";
import { announce } from "../parts/announce";
import { Icon } from "../parts/icon";
import { logOf } from "../store/state";
import { fileAddress, isPicture } from "./files";

interface Looking {
  chatId: string;
  id: string;
}

const looking = signal<Looking | null>(null);

export function look(chatId: string, id: string): void {
  looking.value = { chatId, id };
}

export const stopLooking = (): void => {
  looking.value = null;
};

export function Viewer() {
  const here = looking.value;
  if (!here) return null;
  const pictures = logOf(here.chatId)
    .value.run.map(({ params }) => params.file)
    .filter(isPicture);
  const at = pictures.findIndex(({ id }) => id === here.id);
  const file = pictures[at];
  // It was deleted, or its chat is gone.
  if (!file) return null;
  const to = (index: number): void => {
    const next = pictures[index];
    if (next) looking.value = { chatId: here.chatId, id: next.id };
  };
  return <Frame chatId={here.chatId} file={file} at={at} count={pictures.length} onTo={to} />;
}

interface FrameProps {
  chatId: string;
  file: SentFile;
  at: number;
  count: number;
  onTo: (index: number) => void;
}

function Frame({ chatId, file, at, count, onTo }: FrameProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = useRef(file.id);
  shown.current = file.id;
  useEffect(() => {
    dialog.current?.showModal();
    return () => {
      stopLooking();
      // Back to the picture that was looked at last.
      document.querySelector<HTMLElement>(`[data-file="${shown.current}"]`)?.focus();
    };
  }, []);
  const place = t("viewer.place", { at: number(at + 1), count: number(count) });
  useEffect(() => announce(`${file.name}, ${place}`), [file.id]);
  // The next picture stands where the next word does.
  const onwards = document.documentElement.dir === "rtl" ? -1 : 1;
  const keys: Record<string, number> = {
    ArrowLeft: at - onwards,
    ArrowRight: at + onwards,
    Home: 0,
    End: count - 1,
  };
  const step = (to: number, side: "back" | "forward") => (
    <button
      type="button"
      class={`viewer-step viewer-${side}`}
      aria-label={t(`viewer.${side}`)}
      title={t(`viewer.${side}`)}
      aria-disabled={to < 0 || to >= count}
      onClick={() => onTo(to)}
    >
      <Icon name={side} size={28} />
    </button>
  );
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={file.name}
      onClose={stopLooking}
      onKeyDown={(event) => {
        const to = keys[event.key];
        if (to === undefined) return;
        event.preventDefault();
        onTo(to);
      }}
    >
      <header class="viewer-head">
        <p>
          <b dir="auto">{file.name}</b>
          {count > 1 && <small>{place}</small>}
        </p>
        <a
          class="button-icon"
          href={fileAddress(chatId, file)}
          download={file.name}
          aria-label={`${t("files.download")} ${file.name}`}
          title={t("files.download")}
        >
          <Icon name="download" />
        </a>
        <button
          type="button"
          class="button-icon"
          autofocus
          aria-label={t("viewer.close")}
          title={t("viewer.close")}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      <Picture key={file.id} chatId={chatId} file={file} />
      {count > 1 && step(at - 1, "back")}
      {count > 1 && step(at + 1, "forward")}
    </dialog>
  );
}

/** The small picture stands there until the large one has come. */
function Picture({ chatId, file }: { chatId: string; file: SentFile }) {
  const [state, setState] = useState<"waits" | "here" | "broken">("waits");
  const address = fileAddress(chatId, file);
  if (state === "broken") {
    return (
      <p class="viewer-broken" role="alert">
        {t("viewer.broken")}
      </p>
    );
  }
  const { width, height } = file;
  return (
    <div class="viewer-picture">
      {state === "waits" && (
        <img src={`${address}/thumbnail`} alt="" width={width} height={height} />
      )}
      <img
        class={state === "waits" ? "viewer-waits" : ""}
        src={address}
        alt={file.name}
        width={width}
        height={height}
        onLoad={() => setState("here")}
        onError={() => setState("broken")}
      />
    </div>
  );
}
