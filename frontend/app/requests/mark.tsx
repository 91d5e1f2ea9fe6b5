/** "This is a privacy request": any operator says so of any message of a visitor. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { administers } from "../account/session";
import { t } from "../i18n/words";
import { Dialog } from "../parts/dialog";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { go } from "../router/router";
import { client } from "../store/client";
import { dayOf } from "./due";
import { KINDS, type Kind } from "./shapes";

interface Message {
  chatId: string;
  seq: number;
  text: string;
}

const marking = signal<Message | null>(null);

export const askWhichRight = (message: Message): void => {
  marking.value = message;
};

export function MarkDialog() {
  const message = marking.value;
  return message && <Marking key={`${message.chatId} ${message.seq}`} message={message} />;
}

const close = (): void => {
  marking.value = null;
};

interface Marked {
  id: string;
  due_on: string;
}

function Marking({ message: { chatId, seq, text } }: { message: Message }) {
  const [kind, setKind] = useState<Kind>("access");
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      const path = `/v1/chats/${chatId}/requests`;
      const made = await client.post<Marked>(path, { kind, seq });
      close();
      toast(t("requests.marked", { date: dayOf(made.due_on) }));
      if (administers.peek()) go({ page: "requests", id: made.id });
    } catch (cause) {
      setFailure(explain(cause));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("requests.mark")} onClose={close}>
      <form onSubmit={(event) => void send(event)}>
        <p>{t("requests.mark_text")}</p>
        <blockquote class="words" dir="auto">
          {text.length > 300 ? `${text.slice(0, 300)}…` : text}
        </blockquote>
        <fieldset class="choices">
          <legend>{t("requests.asked_for")}</legend>
          {KINDS.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="kind"
                checked={kind === one}
                onChange={() => setKind(one)}
              />
              {t(`requests.kind_${one}`)}
            </label>
          ))}
        </fieldset>
        {failure && (
          <p class="notice notice-danger" role="alert">
            {failure}
          </p>
        )}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={close}>
            {t("dialog.cancel")}
          </button>
          <button type="submit" class="button button-main" aria-disabled={busy}>
            {t("requests.mark_do")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
