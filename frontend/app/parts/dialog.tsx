/** Native dialogs: the browser holds the focus inside, Esc closes, the focus returns by itself. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n/words";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Wider, for what is read rather than answered. */
  wide?: boolean;
  /** Shows what is shown once: it closes on purpose only. */
  once?: boolean;
}

export function Dialog({ title, onClose, children, wide = false, once = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  // What was typed is not lost by a press beside it.
  const firm = useRef(once);
  const label = useId();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? "dialog dialog-wide" : "dialog"}
      aria-labelledby={label}
      onClose={onClose}
      onInput={() => {
        firm.current = true;
      }}
      onPointerDown={(event) => {
        if (event.target === element.current && !firm.current) onClose();
      }}
    >
      <div class="dialog-inside">
        <h2 id={label}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface EndProps {
  /** Why it could not be done. */
  failure: string | null;
  busy: boolean;
  onClose: () => void;
  /** What cannot be taken back is done in the colour of danger. */
  danger?: boolean;
  /** The verb on the button. */
  children: ComponentChildren;
}

/** The end of a form in a dialog: what went wrong, the way back, the act. */
export function DialogEnd({ failure, busy, onClose, danger = false, children }: EndProps) {
  return (
    <>
      {failure && (
        <p class="notice notice-danger" role="alert">
          {failure}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {t("dialog.cancel")}
        </button>
        <button
          type="submit"
          class={danger ? "button button-danger" : "button button-main"}
          aria-disabled={busy}
        >
          {children}
        </button>
      </div>
    </>
  );
}

interface Question {
  title: string;
  /** Names what goes, and counts it. */
  text: string;
  /** The verb on the button. */
  action: string;
  answer: (yes: boolean) => void;
}

const question = signal<Question | null>(null);

/** Whoever was asked is not there any more. */
export const stopAsking = (): void => question.peek()?.answer(false);

/** Ask before something that cannot be taken back. */
export function ask(asked: Omit<Question, "answer">): Promise<boolean> {
  question.value?.answer(false);
  return new Promise((resolve) => {
    question.value = {
      ...asked,
      answer: (yes) => {
        question.value = null;
        resolve(yes);
      },
    };
  });
}

export function Questions() {
  const asked = question.value;
  if (!asked) return null;
  return (
    <Dialog key={asked.title} title={asked.title} onClose={() => asked.answer(false)}>
      <p>{asked.text}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => asked.answer(false)}>
          {t("dialog.cancel")}
        </button>
        <button type="button" class="button button-danger" onClick={() => asked.answer(true)}>
          {asked.action}
        </button>
      </div>
    </Dialog>
  );
}
