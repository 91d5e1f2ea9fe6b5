/** The middle column: one chat, opened from what is already here. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../../shared/api";
import type { Chat } from "../../shared/types";
import { t } from "../i18n/words";
import { focusComposer } from "../inbox/selection";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { connection } from "../store/live";
import { loadNewest } from "../store/load";
import { chats, logOf } from "../store/state";
import { DropZone } from "./attach";
import { Composer, useDraft } from "./composer";
import { Head, setStage } from "./head";
import { Messages } from "./messages";

export function Conversation({ id }: { id: string }) {
  const [failure, setFailure] = useState<unknown>(null);
  const state = connection.value;
  const load = useCallback(() => {
    setFailure(null);
    loadNewest(id).catch(setFailure);
  }, [id]);
  // Again when the connection is back, if it failed for want of one.
  useEffect(load, [load, state === "open"]);

  void chats.version.value;
  const chat = chats.get(id);
  const { loaded } = logOf(id).value;
  if (!chat || !loaded) {
    if (failure) return <Failure cause={failure} again={load} />;
    if (!chat) return <Waiting />;
  }
  return <Open key={chat.id} chat={chat} loaded={loaded} />;
}

function Open({ chat, loaded }: { chat: Chat; loaded: boolean }) {
  const writing = useDraft(chat.id);
  const box = useRef<HTMLTextAreaElement>(null);
  const { set } = writing;
  const edit = useCallback(
    (text: string) => {
      set(text);
      box.current?.focus();
    },
    [set],
  );
  const wanted = focusComposer.value;
  useEffect(() => {
    if (wanted === chat.id) {
      focusComposer.value = null;
      box.current?.focus({ preventScroll: true });
    }
  }, [wanted, chat.id]);
  return (
    <DropZone chatId={chat.id} onDropped={() => box.current?.focus()}>
      <Head chat={chat} />
      {loaded ? <Messages chat={chat} onEdit={edit} /> : <Bones />}
      {chat.stage === "closed" && (
        <div class="closed-bar">
          <span>{t("chat.closed_note")}</span>
          <button type="button" class="link" onClick={() => void setStage(chat, "open")}>
            {t("chat.reopen")}
          </button>
        </div>
      )}
      <Composer chat={chat} writing={writing} box={box} />
    </DropZone>
  );
}

/** Shapes of messages; they show only when the wait is long enough to notice. */
function Bones() {
  return (
    <div class="messages bones" role="status" aria-label={t("loading")}>
      {["l", "l", "r", "l", "r"].map((side, at) => (
        <div key={at} class={`bone bone-${side} bone-${at}`} />
      ))}
    </div>
  );
}

function Waiting() {
  return (
    <>
      <div class="conversation-head" />
      <Bones />
    </>
  );
}

function Failure({ cause, again }: { cause: unknown; again: () => void }) {
  const gone = cause instanceof Problem && cause.status === 404;
  return (
    <div class="blank" role="alert">
      <Icon name={gone ? "chat" : "alert"} size={32} />
      <h2>{t(gone ? "conversation.gone" : "conversation.failed")}</h2>
      <p>{gone ? t("conversation.gone_text") : explain(cause)}</p>
      {gone ? (
        <a class="button" href="/app">
          {t("conversation.all_chats")}
        </a>
      ) : (
        <button type="button" class="button button-main" onClick={again}>
          {t("again")}
        </button>
      )}
    </div>
  );
}
