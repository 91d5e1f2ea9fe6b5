/** One message: what it says or holds, and what can be done with it. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { linkify } from "../../shared/linkify";
import { administers } from "../account/session";
import { language, t } from "../i18n/words";
import { announce } from "../parts/announce";
import { Icon } from "../parts/icon";
import { type Choice, Menu } from "../parts/menu";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { full } from "../parts/when";
import { askWhichRight } from "../requests/mark";
import { deleteSoon, keepMessage, leaving, rewritten } from "../store/changes";
import { chats } from "../store/state";
import { edit, editing } from "./editing";
import { FileBubble, Uploading } from "./file";
import type { Bubble } from "./timeline";

/** Text as it was written; addresses become links, everything else stays text. */
export function Text({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((segment, at) =>
        segment.href ? (
          <a key={at} href={segment.href} target="_blank" rel="noopener noreferrer nofollow">
            {segment.text}
          </a>
        ) : (
          segment.text
        ),
      )}
    </>
  );
}

interface Props {
  chatId: string;
  bubble: Bubble;
  /** Whose it is: it decides what may be done with it. */
  by: "visitor" | "self" | "other";
}

export function Message({ chatId, bubble, by }: Props) {
  const row = useRef<HTMLDivElement>(null);
  const { id, file, upload, gone, edited } = bubble;
  const goes = leaving.value.has(id);
  const changing = editing.value?.id === id;
  useEffect(() => {
    if (changing) row.current?.scrollIntoView({ block: "nearest" });
  }, [changing]);
  if (gone) {
    return (
      <div class="bubble-row">
        <div class="bubble bubble-gone" title={full(gone, language.value)}>
          {t("message.gone")}
        </div>
      </div>
    );
  }
  if (goes) return <Leaving id={id} />;
  const text = rewritten.value.get(id) ?? bubble.text;
  return (
    <div class={changing ? "bubble-row bubble-changing" : "bubble-row"} ref={row}>
      {upload ? (
        <Uploading bubble={bubble} file={upload} />
      ) : file ? (
        <FileBubble chatId={chatId} file={file} />
      ) : (
        <div class={`bubble bubble-${bubble.delivery}`}>
          <Text text={text} />
        </div>
      )}
      {edited && (
        <time class="edited" dateTime={edited} title={full(edited, language.value)}>
          {t("message.edited")}
          <span class="spoken"> {full(edited, language.value)}</span>
        </time>
      )}
      {bubble.delivery === "done" && <Acts chatId={chatId} bubble={bubble} by={by} />}
    </div>
  );
}

function Acts({ chatId, bubble, by }: Props) {
  const { id, seq, text, file } = bubble;
  const choices: Choice[] = [];
  if (by === "self" && !file) {
    choices.push({ key: "edit", label: t("message.edit"), act: () => edit(chatId, id, text) });
  }
  if (by === "visitor" && text) {
    const act = (): void => askWhichRight({ chatId, seq, text });
    choices.push({ key: "request", label: t("requests.mark"), act });
  }
  if (by === "self" || administers.value) {
    choices.push({
      key: "delete",
      label: t("message.delete"),
      act: () => {
        deleteSoon(chatId, id, (cause) => {
          // Meanwhile the person may have been taken out of everybody's sight.
          const why = chats.hidden(chatId) ? t("restriction.closed") : explain(cause);
          toast(t("message.not_deleted", { why }), { failed: true });
        });
        announce(t("message.leaving"));
      },
    });
  }
  if (choices.length === 0) return null;
  return (
    <Menu
      name={t("message.menu")}
      buttonClass="button-icon"
      side={by === "visitor" ? "start" : "end"}
      face={<Icon name="dots" size={18} />}
      choices={choices}
    />
  );
}

/** It goes in a few seconds; until then it can be taken back, with the key that deleted it. */
function Leaving({ id }: { id: string }) {
  const undo = useRef<HTMLButtonElement>(null);
  // Not after the screen is drawn, when the button has gone and the focus with it.
  useLayoutEffect(() => {
    const button = undo.current;
    button?.focus({ preventScroll: true });
    return () => {
      // What was left with the button is not lost on the page: one goes on writing.
      if (button && document.activeElement === button) {
        document.querySelector<HTMLElement>(".composer textarea")?.focus({ preventScroll: true });
      }
    };
  }, []);
  return (
    <div class="bubble-row">
      <div class="bubble bubble-gone">
        {t("message.gone")}{" "}
        <button
          type="button"
          class="link"
          ref={undo}
          onClick={() => {
            keepMessage(id);
            announce(t("message.stays"));
          }}
        >
          {t("toast.undo")}
        </button>
      </div>
    </div>
  );
}
