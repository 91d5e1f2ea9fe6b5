/** "This is a privacy request": any operator says so of any message of a visitor. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { administers } from "../account/session";
import { language, t } from "../i18n/words";
import { Dialog, DialogEnd } from "../parts/dialog";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { day } from "../parts/when";
import { go } from "../router/router";
import { client } from "../store/client";
import { dayOf } from "./due";
import { isClosed, KINDS, type Kind, type Listed } from "./shapes";

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

export const stopMarking = (): void => {
  marking.value = null;
};

type Marked = Pick<Listed, "id" | "due_on" | "state" | "closed_at">;

function Marking({ message: { chatId, seq, text } }: { message: Message }) {
  const [kind, setKind] = useState<Kind>("access");
  const [over, setOver] = useState<Marked | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const mark = async (again: boolean): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      const path = `/v1/chats/${chatId}/requests`;
      const made = await client.post<Marked>(path, { kind, seq, again });
      setBusy(false);
      // It was one before, and is at its end: nobody is led there without being asked.
      if (isClosed(made)) return setOver(made);
      stopMarking();
      toast(t("requests.marked", { date: dayOf(made.due_on) }));
      if (administers.peek()) go({ page: "requests", id: made.id });
    } catch (cause) {
      setFailure(explain(cause));
      setBusy(false);
    }
  };
  if (over) return <Over over={over} failure={failure} onAgain={() => void mark(true)} />;
  return (
    <Dialog title={t("requests.mark")} onClose={stopMarking}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void mark(false);
        }}
      >
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
        <DialogEnd failure={failure} busy={busy} onClose={stopMarking}>
          {t("requests.mark_do")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}

interface OverProps {
  over: Marked;
  failure: string | null;
  onAgain: () => void;
}

/** The message was a request before, and that one is closed. */
function Over({ over, failure, onAgain }: OverProps) {
  const look = (): void => {
    stopMarking();
    go({ page: "requests", id: over.id });
  };
  const date = over.closed_at ? day(over.closed_at, language.value) : "";
  return (
    <Dialog title={t("requests.mark")} onClose={stopMarking}>
      <p>{t("requests.mark_closed", { date })}</p>
      {failure && (
        <p class="notice notice-danger" role="alert">
          {failure}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={stopMarking}>
          {t("dialog.cancel")}
        </button>
        {administers.value && (
          <button type="button" class="button" onClick={look}>
            {t("requests.mark_look")}
          </button>
        )}
        <button type="button" class="button button-main" onClick={onAgain}>
          {t("requests.mark_again")}
        </button>
      </div>
    </Dialog>
  );
}
