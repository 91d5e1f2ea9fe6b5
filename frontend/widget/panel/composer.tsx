/** Where the visitor writes. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useSignal, useSignalEffect } from "../view/signals";
import { Attached, Clip } from "./attach";
import { Emoji } from "./emoji";
import { Icon } from "./icons";
import type { Panel } from "./panel";
import { K } from "./texts/keys";

/** As the server takes it. */
const LONGEST = 10_000;

export function Composer({ panel }: { panel: Panel }) {
  const { text, draft, session, host } = panel;
  const field = useRef<HTMLTextAreaElement>(null);
  const picking = useSignal(false);
  const { editing, last } = session.messages;

  useSignalEffect(() => {
    // On a phone the keyboard would come up and cover what there is to read.
    const touch = matchMedia("(pointer: coarse)").matches;
    if (host.open.value && panel.closable && !touch) field.current?.focus({ preventScroll: true });
  });
  useSignalEffect(() => {
    if (panel.writing.value) field.current?.focus({ preventScroll: true });
    panel.writing.value = false;
  });
  useGrowing(field, draft.text.value);

  const send = () => {
    if (panel.send()) field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && editing.value) {
      event.stopPropagation();
      draft.leave();
    }
    if (event.key === "ArrowUp" && draft.empty && last && !editing.value) {
      event.preventDefault();
      draft.edit(last);
    }
    // While a word is being composed (Japanese, Chinese, Korean), Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) {
      return;
    }
    event.preventDefault();
    send();
  };
  const insert = (emoji: string) => {
    const { current } = field;
    const from = current?.selectionStart ?? draft.text.value.length;
    const to = current?.selectionEnd ?? from;
    const { value } = draft.text;
    draft.text.value = value.slice(0, from) + emoji + value.slice(to);
    picking.value = false;
    requestAnimationFrame(() => {
      current?.focus();
      current?.setSelectionRange(from + emoji.length, from + emoji.length);
    });
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {editing.value && (
        <p class="editing" role="status">
          {text.t(K.editing)}
          <button type="button" class="link" onClick={() => draft.leave()}>
            {text.t(K.cancel)}
          </button>
        </p>
      )}
      <Attached panel={panel} />
      <p class="wrong" role="alert">
        {draft.wrong.value}
      </p>
      <div class="field">
        <textarea
          ref={field}
          rows={1}
          dir={draft.text.value ? "auto" : text.dir}
          maxLength={LONGEST}
          aria-label={text.t(K.write)}
          placeholder={text.t(K.write)}
          enterkeyhint="send"
          value={draft.text.value}
          onInput={(event) => {
            draft.text.value = event.currentTarget.value;
            session.type();
          }}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const files = event.clipboardData?.files;
            if (!files?.length) return;
            event.preventDefault();
            draft.attach(files);
          }}
        />
        {!editing.value && <Clip panel={panel} />}
        <div class="picker">
          <button
            type="button"
            class="quiet square"
            aria-label={text.t(K.emoji)}
            aria-expanded={picking.value}
            onClick={() => {
              picking.value = !picking.value;
            }}
          >
            <Icon name="smile" />
          </button>
          {picking.value && (
            <Emoji
              label={text.t(K.emoji)}
              onPick={insert}
              onClose={() => {
                picking.value = false;
                field.current?.focus();
              }}
            />
          )}
        </div>
        <button type="submit" class="send" aria-label={text.t(K.send)} aria-disabled={draft.empty}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}

/** One line that grows with its text; the sheet says how far. */
function useGrowing(field: { current: HTMLTextAreaElement | null }, value: string): void {
  const fit = () => {
    const { current } = field;
    if (!current) return;
    current.style.height = "auto";
    current.style.height = `${current.scrollHeight}px`;
  };
  useLayoutEffect(fit, [value]);
  useEffect(() => {
    addEventListener("resize", fit);
    return () => removeEventListener("resize", fit);
  }, []);
}
