/** Writing a letter to the person: drafted by the server, edited here, looked at, sent. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/words";
import { Dialog } from "../parts/dialog";
import { TextField } from "../parts/field";
import { explain } from "../parts/problem";
import { client } from "../store/client";
import { Area, Pick } from "./fields";
import { type Draft, GROUNDS, type Ground, type Whole, type Wishes } from "./shapes";

export type Purpose = "answer" | "refusal" | "extension" | "other";

const PATHS = {
  answer: "approval",
  refusal: "refusal",
  extension: "extension",
  other: "letters",
} as const;
const PAUSE = 300;

interface Props {
  whole: Whole;
  purpose: Purpose;
  onClose: () => void;
  onDone: (whole: Whole) => void;
}

export function LetterDialog({ whole, purpose, onClose, onDone }: Props) {
  const { id, kind, state } = whole.request;
  const pending = state === "identity_pending";
  const [reason, setReason] = useState("");
  const [ground, setGround] = useState<Ground>(pending ? "not_identified" : "unfounded");
  const [profile, setProfile] = useState<Wishes>(whole.wishes);
  const [failure, setFailure] = useState<string | null>(null);
  const [looking, setLooking] = useState(false);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const needsReason = purpose === "refusal" || purpose === "extension";
  const { draft, edit } = useDraft(whole, purpose, needsReason ? reason : "", ground, setFailure);

  const corrects = purpose === "answer" && kind === "correction" && whole.person_kind === "visitor";
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || !draft) return;
    if (needsReason && !reason.trim()) {
      setMissing(true);
      form.current?.querySelector<HTMLElement>("textarea")?.focus();
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      const { subject, text } = draft;
      const more = {
        ...(needsReason ? { reason: reason.trim() } : {}),
        ...(purpose === "refusal" ? { ground } : {}),
        ...(corrects ? { profile } : {}),
      };
      const path = `/v1/requests/${id}/${PATHS[purpose]}`;
      onDone(await client.post<Whole>(path, { subject, text, ...more }));
      onClose();
    } catch (cause) {
      setFailure(explain(cause));
      setLooking(false);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t(`requests.letter_${purpose}`)} onClose={onClose} wide>
      <form ref={form} onSubmit={(event) => void send(event)} noValidate class="letter">
        {purpose === "extension" && <p>{t("requests.extend_text")}</p>}
        {purpose === "answer" && kind === "erasure" && (
          <p class="notice notice-warning">{t("requests.erases")}</p>
        )}
        {purpose === "answer" && whole.matches.length > 0 && (
          <p class="notice notice-warning">{t("requests.unmatched")}</p>
        )}
        {purpose === "refusal" && !pending && (
          <Pick
            label={t("requests.ground")}
            value={ground}
            options={GROUNDS.map((one) => [one, t(`requests.ground_${one}`)])}
            onPick={setGround}
          />
        )}
        {needsReason && (
          <Area
            label={t("requests.reason")}
            value={reason}
            rows={2}
            maxLength={2_000}
            hint={t("requests.reason_told")}
            error={missing ? t("requests.reason_missing") : undefined}
            onInput={(text) => {
              setReason(text);
              setMissing(false);
            }}
          />
        )}
        {corrects && <Correction profile={profile} onProfile={setProfile} />}
        {draft === null ? (
          <p class="bones" role="status">
            {t("loading")}
          </p>
        ) : looking ? (
          <Preview draft={draft} />
        ) : (
          <Editor draft={draft} onEdit={edit} />
        )}
        {draft && <p class="field-hint">{wayOf(whole, draft)}</p>}
        {failure && (
          <p class="notice notice-danger" role="alert">
            {failure}
          </p>
        )}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => setLooking(!looking)}>
            {t(looking ? "requests.letter_edit" : "requests.letter_preview")}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {t("dialog.cancel")}
          </button>
          <button
            type="submit"
            class={`button ${kind === "erasure" && purpose === "answer" ? "button-danger" : "button-main"}`}
            aria-disabled={busy || draft === null}
          >
            {t(`requests.letter_do_${purpose}`)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The draft, anew with each reason and ground until somebody has written into it. */
function useDraft(
  { request: { id } }: Whole,
  purpose: Purpose,
  reason: string,
  ground: Ground,
  onFailure: (text: string) => void,
) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const edited = useRef(false);
  const first = useRef(true);
  useEffect(() => {
    if (edited.current) return;
    const stop = new AbortController();
    const query = {
      kind: purpose,
      ...(reason.trim() ? { reason: reason.trim() } : {}),
      ...(purpose === "refusal" ? { ground } : {}),
    };
    const load = (): void => {
      client
        .get<Draft>(`/v1/requests/${id}/letter`, { query, signal: stop.signal })
        .then((made) => {
          if (!edited.current) setDraft(made);
        })
        .catch((cause) => {
          if (!stop.signal.aborted) onFailure(explain(cause));
        });
    };
    const timer = setTimeout(load, first.current ? 0 : PAUSE);
    first.current = false;
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [id, purpose, reason, ground]);
  const edit = (change: Partial<Draft>): void => {
    edited.current = true;
    setDraft((before) => before && { ...before, ...change });
  };
  return { draft, edit };
}

function Editor({ draft, onEdit }: { draft: Draft; onEdit: (change: Partial<Draft>) => void }) {
  const { subject, text, language } = draft;
  return (
    <>
      <TextField
        label={t("requests.letter_subject")}
        name="subject"
        maxLength={200}
        lang={language}
        value={subject}
        onInput={(to) => onEdit({ subject: to })}
      />
      <Area
        label={t("requests.letter_text")}
        value={text}
        rows={12}
        lang={language}
        maxLength={20_000}
        {...(text.includes("{link}")
          ? { hint: t("requests.letter_link", { link: "{link}" }) }
          : {})}
        onInput={(to) => onEdit({ text: to })}
      />
    </>
  );
}

function Preview({ draft: { subject, text, always, language } }: { draft: Draft }) {
  const whole = always && !text.includes(always) ? `${text.trim()}\n\n${always}` : text;
  return (
    <article class="letter-preview" lang={language} dir="auto" aria-label={subject}>
      <h3>{subject}</h3>
      <p>{whole}</p>
    </article>
  );
}

function Correction({ profile, onProfile }: { profile: Wishes; onProfile: (to: Wishes) => void }) {
  const field = (name: "name" | "email" | "phone") => (
    <TextField
      key={name}
      label={t(`person.${name}`)}
      name={name}
      autocomplete="off"
      value={profile[name] ?? ""}
      onInput={(value) => {
        const { [name]: _before, ...others } = profile;
        onProfile(value.trim() ? { ...others, [name]: value } : others);
      }}
    />
  );
  return (
    <fieldset class="letter-correction">
      <legend>{t("requests.correct_to")}</legend>
      {(["name", "email", "phone"] as const).map(field)}
    </fieldset>
  );
}

function wayOf({ email }: Whole, { way }: Draft): string {
  if (way === "email") return t("requests.way_email", { to: email ?? "" });
  return t(way === "widget" ? "requests.way_widget" : "requests.way_by_hand");
}
