/** The letters of a request, and saying of one that it was sent by hand. */
import { useState } from "preact/hooks";
import { language, t } from "../i18n/words";
import { explain } from "../parts/problem";
import { full } from "../parts/when";
import { client } from "../store/client";
import type { Letter, Whole } from "./shapes";

interface Props {
  whole: Whole;
  onDone: (whole: Whole) => void;
}

export function Letters({ whole, onDone }: Props) {
  if (whole.letters.length === 0) return null;
  return (
    <section class="part" aria-labelledby="request-letters">
      <div class="part-head">
        <h2 id="request-letters">{t("requests.letters")}</h2>
      </div>
      <div class="part-body">
        {whole.letters.map((letter) => (
          <Kept key={letter.id} letter={letter} requestId={whole.request.id} onDone={onDone} />
        ))}
      </div>
    </section>
  );
}

interface KeptProps {
  letter: Letter;
  requestId: string;
  onDone: (whole: Whole) => void;
}

function Kept({ letter, requestId, onDone }: KeptProps) {
  const [failure, setFailure] = useState<string | null>(null);
  const { id, way, to, subject, text, sent_at: sentAt } = letter;
  const byHand = way === "by-hand" && sentAt === null;
  const [busy, setBusy] = useState(false);
  const sent = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      onDone(await client.post<Whole>(`/v1/requests/${requestId}/letters/${id}/sent`, {}));
    } catch (cause) {
      setFailure(explain(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <details class="letter-kept" open={byHand}>
      <summary>
        <b dir="auto">{subject}</b>{" "}
        <small>
          {sentAt
            ? t("requests.letter_sent", { date: full(sentAt, language.value) })
            : t("requests.letter_waits")}
          {to && ` · ${to}`}
        </small>
      </summary>
      <div class="letter-preview" lang={letter.language} dir="auto">
        <p>{text}</p>
      </div>
      {byHand && (
        <p class="requests-acts">
          <button
            type="button"
            class="button button-main"
            aria-disabled={busy}
            onClick={() => void sent()}
          >
            {t("requests.sent_by_hand")}
          </button>
        </p>
      )}
      {failure && (
        <p class="notice notice-danger" role="alert">
          {failure}
        </p>
      )}
    </details>
  );
}
