/** Asking for the reason of a step, which is kept with the request. */
import { useRef, useState } from "preact/hooks";
import { type Key, t } from "../i18n/words";
import { Dialog, DialogEnd } from "../parts/dialog";
import { TextField } from "../parts/field";
import { explain } from "../parts/problem";
import { client } from "../store/client";
import { Area } from "./fields";
import { findByNumber } from "./number";
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

export function ReasonDialog({ whole, asked, onClose, onDone }: Props) {
  const [reason, setReason] = useState("");
  const [other, setOther] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const [missing, setMissing] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const [title, text] = WORDS[asked];
  const miss = (why: string): void => {
    setMissing(why);
    form.current?.querySelector<HTMLElement>("input, textarea")?.focus();
  };
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const said = reason.trim();
    if (busy) return;
    setFailure(null);
    if (asked === "duplicate" ? !other.trim() : !said) return miss(t("wrong.empty"));
    setBusy(true);
    const body = async () =>
      asked === "doubt"
        ? { reason: said }
        : {
            to: asked,
            ...(said ? { reason: said } : {}),
            ...(asked === "duplicate" ? { duplicate_of: await findByNumber(other) } : {}),
          };
    try {
      const given = await body();
      if ("duplicate_of" in given && !given.duplicate_of) {
        setBusy(false);
        return miss(t("requests.no_such_number"));
      }
      const path = `/v1/requests/${whole.request.id}/${asked === "doubt" ? "doubt" : "steps"}`;
      onDone(await client.post<Whole>(path, given));
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
            error={missing ?? undefined}
            onInput={(text) => {
              setOther(text);
              setMissing(null);
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
            setMissing(null);
          }}
        />
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t(title)}
        </DialogEnd>
      </form>
    </Dialog>
  );
}
