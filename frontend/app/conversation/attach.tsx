/** Choosing files: the paper clip, dropping them onto the conversation, and what was chosen. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { sizeOf } from "../parts/size";
import { ACCEPTED, filesIn, stage, stagedFor, unstage } from "./staged";

export function Clip({ chatId }: { chatId: string }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="button-icon clip"
        aria-label={t("files.attach")}
        title={t("files.attach")}
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        class="clip-input"
        type="file"
        multiple
        accept={ACCEPTED}
        tabIndex={-1}
        aria-hidden="true"
        onChange={({ currentTarget }) => {
          stage(chatId, [...(currentTarget.files ?? [])]);
          // The same file may be chosen again.
          currentTarget.value = "";
        }}
      />
    </>
  );
}

/** What will be sent with the next press of the button. */
export function Tray({ chatId, onRemoved }: { chatId: string; onRemoved: () => void }) {
  const { files, wrong } = stagedFor(chatId);
  return (
    <>
      {wrong.map((text) => (
        <p key={text} class="tray-wrong">
          <Icon name="alert" size={16} />
          <span>{text}</span>
        </p>
      ))}
      {files.length > 0 && (
        <ul class="tray" aria-label={t("files.chosen")}>
          {files.map((file, at) => (
            <li key={`${at} ${file.name}`}>
              <Face file={file} />
              <span class="tray-name" dir="auto">
                {file.name}
              </span>
              <small>{sizeOf(file.size)}</small>
              <button
                type="button"
                class="button-icon"
                aria-label={t("files.remove", { name: file.name })}
                title={t("files.remove", { name: file.name })}
                onClick={() => {
                  unstage(chatId, file);
                  onRemoved();
                }}
              >
                <Icon name="close" size={16} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** A small look at a picture of our own, or the sign of a file. */
export function Face({ file }: { file: File }) {
  const [source, setSource] = useState<string | null>(null);
  useEffect(() => {
    if (!file.type.startsWith("image/")) return;
    const made = URL.createObjectURL(file);
    setSource(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return source ? (
    <img class="tray-face" src={source} alt="" onError={() => setSource(null)} />
  ) : (
    <Icon name="file" />
  );
}

const carriesFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes("Files") ?? false;

interface DropProps {
  chatId: string;
  onDropped: () => void;
  children: ComponentChildren;
}

/** The conversation takes files that are dropped anywhere on it. */
export function DropZone({ chatId, onDropped, children }: DropProps) {
  const [over, setOver] = useState(false);
  const zone = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Dropped beside it, a file would take the place of the whole app.
    const guard = (event: DragEvent): void => {
      if (carriesFiles(event)) event.preventDefault();
    };
    addEventListener("dragover", guard);
    addEventListener("drop", guard);
    return () => {
      removeEventListener("dragover", guard);
      removeEventListener("drop", guard);
    };
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the paper clip does the same by keyboard
    <div
      class="drop-zone"
      ref={zone}
      onDragEnter={(event) => carriesFiles(event) && setOver(true)}
      onDragLeave={({ relatedTarget }) => {
        if (!(relatedTarget instanceof Node && zone.current?.contains(relatedTarget))) {
          setOver(false);
        }
      }}
      onDrop={(event) => {
        setOver(false);
        const files = filesIn(event.dataTransfer);
        if (files.length === 0) return;
        event.preventDefault();
        stage(chatId, files);
        onDropped();
      }}
    >
      {children}
      {over && (
        <div class="drop-here" aria-hidden="true">
          <Icon name="clip" size={32} />
          {t("files.drop")}
        </div>
      )}
    </div>
  );
}
