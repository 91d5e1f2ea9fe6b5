/** Where the answer is written. Grows with the text, keeps it per chat, sends with Enter. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../../shared/types";
import { ownId } from "../account/session";
import { t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { tellTyping, typingDone } from "../store/actions";
import { send } from "../store/sending";
import { keepDraft, readDraft } from "./drafts";

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

export function Composer({ chat, writing, box }: Props) {
  const { text, set } = writing;
  const tooLong = text.length > LONGEST;
  const ready = text.trim() !== "" && !tooLong;

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const submit = (): void => {
    if (!ready) return;
    send(chat.id, text.trim());
    keepDraft(ownId.peek(), chat.id, "");
    typingDone(chat.id);
    set("");
    box.current?.focus();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div class="composer-box">
        <textarea
          ref={box}
          rows={1}
          value={text}
          dir="auto"
          aria-label={t("composer.label")}
          aria-describedby="composer-hint"
          aria-invalid={tooLong || undefined}
          placeholder={t("composer.placeholder")}
          onInput={(event) => {
            set(event.currentTarget.value);
            if (event.currentTarget.value.trim()) tellTyping(chat.id);
          }}
          onKeyDown={(event) => {
            if (!sends(event)) return;
            event.preventDefault();
            submit();
          }}
        />
        <button type="submit" class="send" disabled={!ready} aria-label={t("composer.send")}>
          <Icon name="send" />
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
          <span class="for-keys">{t("composer.hint")}</span>
        )}
      </p>
    </form>
  );
}
