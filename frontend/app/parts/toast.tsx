/** One quiet line at the edge: what just happened, and how to take it back. */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/words";
import { announce } from "./announce";
import { Icon } from "./icon";

interface Toast {
  id: number;
  text: string;
  undo: (() => void) | null;
  failed: boolean;
}

const current = signal<Toast | null>(null);
let made = 0;

/** Show a line. It stays for a few seconds, longer when there is something to take back. */
export function toast(text: string, how: { undo?: () => void; failed?: boolean } = {}): void {
  made += 1;
  current.value = { id: made, text, undo: how.undo ?? null, failed: how.failed ?? false };
  announce(text, { urgent: how.failed ?? false });
}

export function dismissToast(): void {
  current.value = null;
}

export function Toasts() {
  const shown = current.value;
  return <div class="toasts">{shown && <Line key={shown.id} toast={shown} />}</div>;
}

function Line({ toast: { id, text, undo, failed } }: { toast: Toast }) {
  const [held, hold] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(
      () => {
        if (current.peek()?.id === id) current.value = null;
      },
      undo || failed ? 8000 : 3000,
    );
    return () => clearTimeout(timer);
  }, [id, undo, failed, held]);
  const takeBack = (): void => {
    current.value = null;
    undo?.();
  };
  return (
    <section
      class={failed ? "toast toast-failed" : "toast"}
      aria-label={t("toast.label")}
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocusIn={() => hold(true)}
      onFocusOut={() => hold(false)}
    >
      <Icon name={failed ? "alert" : "check"} size={18} />
      <span>{text}</span>
      {undo && (
        <button type="button" class="toast-undo" onClick={takeBack}>
          {t("toast.undo")}
        </button>
      )}
      <button
        type="button"
        class="toast-close"
        aria-label={t("toast.dismiss")}
        onClick={dismissToast}
      >
        <Icon name="close" size={16} />
      </button>
    </section>
  );
}
