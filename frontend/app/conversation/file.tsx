/** A file in the conversation: a picture to look at, a card to download, or on its way. */
import { useState } from "preact/hooks";
import type { SentFile } from "../../shared/types";
import { t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { sizeOf } from "../parts/size";
import { drop, progress } from "../store/sending";
import { Face } from "./attach";
import { fileAddress, iconOf, isPicture } from "./files";
import type { Bubble } from "./timeline";
import { look } from "./viewer";

/** The longer side of a picture in the conversation, in pixels. */
const SHOWN = 288;

/** Its place is there before the picture is. */
function placeOf({ width = SHOWN, height = SHOWN }: SentFile): { width: number; height: number } {
  const scale = Math.min(1, SHOWN / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

export function FileBubble({ chatId, file }: { chatId: string; file: SentFile }) {
  const [broken, setBroken] = useState(false);
  if (!isPicture(file) || broken) return <Card chatId={chatId} file={file} />;
  return (
    <button
      type="button"
      class="bubble bubble-picture"
      data-file={file.id}
      aria-label={t("files.look", { name: file.name })}
      title={file.name}
      onClick={() => look(chatId, file.id)}
    >
      <img
        src={`${fileAddress(chatId, file)}/thumbnail`}
        {...placeOf(file)}
        alt=""
        loading="lazy"
        decoding="async"
        onError={() => setBroken(true)}
      />
    </button>
  );
}

function Card({ chatId, file }: { chatId: string; file: SentFile }) {
  return (
    <a class="bubble file-card" href={fileAddress(chatId, file)} download={file.name}>
      <Icon name={iconOf(file)} size={24} />
      <span class="file-words">
        <span class="spoken">{t("files.download")} </span>
        <span class="file-name" dir="auto">
          {file.name}
        </span>
        <small>{sizeOf(file.size)}</small>
      </span>
      <Icon name="download" size={18} />
    </a>
  );
}

/** A file of ours that the server does not have yet. */
export function Uploading({ bubble, file }: { bubble: Bubble; file: File }) {
  const failed = bubble.delivery === "failed";
  const part = progress.value.get(bubble.id);
  return (
    <div class={`bubble file-card bubble-${bubble.delivery}`}>
      <Face file={file} />
      <span class="file-words">
        <span class="file-name" dir="auto">
          {file.name}
        </span>
        {failed ? (
          <small>{sizeOf(file.size)}</small>
        ) : (
          <progress
            aria-label={t("files.sending", { name: file.name })}
            max={1}
            // All of it has left; the server is looking at it.
            {...(part === undefined || part === 1 ? {} : { value: part })}
          />
        )}
      </span>
      {!failed && (
        <button
          type="button"
          class="button-icon"
          aria-label={t("files.cancel", { name: file.name })}
          title={t("files.cancel", { name: file.name })}
          onClick={() => drop(bubble.id)}
        >
          <Icon name="close" size={16} />
        </button>
      )}
    </div>
  );
}
