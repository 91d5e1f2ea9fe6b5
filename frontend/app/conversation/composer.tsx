/** Where the answer is written, with files beside it. Grows with the text, keeps it per chat, sends with Enter. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../../shared/api";
import type { Chat } from "../../shared/types";
import { ownId } from "../account/session";
import { t } from "../i18n/words";
import { announce } from "../parts/announce";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { tellTyping, typingDone } from "../store/actions";
import { rewrite } from "../store/changes";
import { send, sendFiles } from "../store/sending";
import { Clip, Tray } from "./attach";
import { keepDraft, readDraft } from "./drafts";
import { type Editing, editing, editLast } from "./editing";
import { filesIn, stage, stagedFor, takeStaged } from "./staged";

/** Characters that the server takes. */
const LONGEST = 10_000;
/** From here on the rest is counted. */
const COUNTED = 9_000;

export interface Writing {
  text: string;
  set: (text: string) => void;
}

/** The text of the composer, kept in this browser until it is sent. */
export function useDraft(chatId: string): Writing {
  const [text, setText] = useState(() => readDraft(ownId.peek(), chatId));
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = setTimeout(() => keepDraft(ownId.peek(), chatId, text), 250);
    return () => clearTimeout(timer);
  }, [text, chatId]);
  useEffect(() => {
    const keep = (): void => keepDraft(ownId.peek(), chatId, latest.current);
    addEventListener("pagehide", keep);
    return () => {
      removeEventListener("pagehide", keep);
      if (ownId.peek()) keep();
    };
  }, [chatId]);
  return { text, set: setText };
}

/** On a keyboard of glass, Enter is for the next line and the button is for sending. */
const onGlass = (): boolean => matchMedia("(hover: none) and (pointer: coarse)").matches;

const sends = (event: KeyboardEvent): boolean =>
  event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing && !onGlass();

interface Props {
  chat: Chat;
  writing: Writing;
  box: RefObject<HTMLTextAreaElement | null>;
}

/** What is written in: the draft of an answer, or a message that is being changed. */
function useText(chat: Chat, draft: Writing): Writing & { change: Editing | null } {
  const now = editing.value;
  const change = now?.chatId === chat.id ? now : null;
  if (!change) return { ...draft, change };
  const set = (text: string): void => {
    editing.value = { ...change, text };
  };
  return { text: change.text, set, change };
}

async function save(change: Editing): Promise<void> {
  editing.value = null;
  const text = change.text.trim();
  if (text === change.was) return;
  try {
    await rewrite(change.chatId, change.id, text);
    announce(t("message.changed"));
  } catch (cause) {
    toast(t("message.not_changed", { why: explain(cause) }), { failed: true });
    // What was written is not lost, unless something else is being written by now.
    if (!editing.peek() && !isFinal(cause)) editing.value = change;
  }
}

const isFinal = (cause: unknown): boolean =>
  cause instanceof Problem && (cause.status === 404 || cause.code === "message_deleted");

export function Composer({ chat, writing, box }: Props) {
  const { text, set, change } = useText(chat, writing);
  const { files } = stagedFor(chat.id);
  const tooLong = text.length > LONGEST;
  const ready = (text.trim() !== "" || (files.length > 0 && !change)) && !tooLong;

  useEffect(() => {
    const element = box.current;
    if (!change || !element) return;
    element.focus();
    element.setSelectionRange(element.value.length, element.value.length);
  }, [change?.id]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const submit = (): void => {
    if (!ready) return;
    box.current?.focus();
    if (change) return void save(change);
    if (files.length > 0) sendFiles(chat.id, takeStaged(chat.id));
    if (!text.trim()) return;
    send(chat.id, text.trim());
    keepDraft(ownId.peek(), chat.id, "");
    typingDone(chat.id);
    set("");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (sends(event)) submit();
    else if (event.key === "Escape" && change) editing.value = null;
    else if (event.key !== "ArrowUp" || text || event.shiftKey || !editLast(chat.id)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {change && <Changing />}
      <Tray chatId={chat.id} onRemoved={() => box.current?.focus()} />
      <div class="composer-box">
        {!change && <Clip chatId={chat.id} />}
        <textarea
          ref={box}
          rows={1}
          value={text}
          dir={text ? "auto" : undefined}
          aria-label={t(change ? "composer.change" : "composer.label")}
          aria-describedby="composer-hint"
          aria-invalid={tooLong || undefined}
          placeholder={t("composer.placeholder")}
          onInput={(event) => {
            set(event.currentTarget.value);
            if (!change && event.currentTarget.value.trim()) tellTyping(chat.id);
          }}
          onPaste={(event) => {
            const pasted = change ? [] : filesIn(event.clipboardData);
            if (pasted.length === 0) return;
            event.preventDefault();
            stage(chat.id, pasted);
          }}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          class="send"
          disabled={!ready}
          aria-label={t(change ? "composer.save" : "composer.send")}
        >
          <Icon name={change ? "check" : "send"} />
        </button>
      </div>
      <p class="composer-hint" id="composer-hint">
        {text.length > COUNTED ? (
          <span class={tooLong ? "too-long" : ""}>
            {t(tooLong ? "composer.too_long" : "composer.left", {
              count: Math.abs(LONGEST - text.length),
            })}
          </span>
        ) : (
          <span class="for-keys">{t(change ? "composer.change_hint" : "composer.hint")}</span>
        )}
      </p>
    </form>
  );
}

/** Says that no new message is being written, and leads back. */
function Changing() {
  return (
    <p class="changing">
      <Icon name="pencil" size={16} />
      <span>{t("composer.changing")}</span>
      <button
        type="button"
        class="link"
        onClick={() => {
          editing.value = null;
        }}
      >
        {t("dialog.cancel")}
      </button>
    </p>
  );
}
