/** Asking for the reason of a step, which is kept with the request. */
import { useRef, useState } from "preact/hooks";
import { type Key, t } from "../i18n/words";
import { Dialog } from "../parts/dialog";
import { TextField } from "../parts/field";
import { explain } from "../parts/problem";
import { client } from "../store/client";
import { Area } from "./fields";
import type { Whole } from "./shapes";

export type Asked = "verified" | "doubt" | "withdrawn" | "duplicate";

const WORDS: Record<Asked, readonly [title: Key, text: Key]> = {
  verified: ["requests.verify", "requests.verify_text"],
  doubt: ["requests.doubt", "requests.doubt_text"],
  withdrawn: ["requests.withdraw", "requests.withdraw_text"],
  duplicate: ["requests.duplicate", "requests.duplicate_text"],
};

interface Props {
  whole: Whole;
  asked: Asked;
  onClose: () => void;
  onDone: (whole: Whole) => void;
}

const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/iu;

export function ReasonDialog({ whole, asked, onClose, onDone }: Props) {
  const [reason, setReason] = useState("");
  const [other, setOther] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const [title, text] = WORDS[asked];
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const said = reason.trim();
    const id = ID.exec(other)?.[0];
    if (busy) return;
    setFailure(null);
    if (asked === "duplicate" ? !id : !said) {
      setMissing(true);
      form.current?.querySelector<HTMLElement>("input, textarea")?.focus();
      return;
    }
    setBusy(true);
    const body =
      asked === "doubt"
        ? { reason: said }
        : {
            to: asked,
            ...(said ? { reason: said } : {}),
            ...(asked === "duplicate" ? { duplicate_of: id } : {}),
          };
    try {
      const path = `/v1/requests/${whole.request.id}/${asked === "doubt" ? "doubt" : "steps"}`;
      onDone(await client.post<Whole>(path, body));
      onClose();
    } catch (cause) {
      setFailure(explain(cause));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t(title)} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void send(event)} noValidate>
        <p>{t(text)}</p>
        {asked === "duplicate" && (
          <TextField
            label={t("requests.other_number")}
            name="other"
            autocomplete="off"
            value={other}
            error={missing ? t("wrong.empty") : undefined}
            onInput={(text) => {
              setOther(text);
              setMissing(false);
            }}
          />
        )}
        <Area
          label={t("requests.reason")}
          value={reason}
          maxLength={2_000}
          hint={t("requests.reason_kept")}
          error={missing && asked !== "duplicate" ? t("requests.reason_missing") : undefined}
          onInput={(text) => {
            setReason(text);
            setMissing(false);
          }}
        />
        {failure && (
          <p class="notice notice-danger" role="alert">
            {failure}
          </p>
        )}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("dialog.cancel")}
          </button>
          <button type="submit" class="button button-main" aria-disabled={busy}>
            {t(title)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
