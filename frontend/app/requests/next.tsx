/** What to do next with a request: one sentence, and plain buttons for what is possible. */
import { useState } from "preact/hooks";
import { type Key, t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { client } from "../store/client";
import { LetterDialog, type Purpose } from "./letter";
import { type Asked, ReasonDialog } from "./reason";
import { isClosed, type State, type Whole } from "./shapes";

type Open = { letter: Purpose } | { reason: Asked } | null;

interface Props {
  whole: Whole;
  onDone: (whole: Whole) => void;
}

export function Next({ whole, onDone }: Props) {
  const [open, setOpen] = useState<Open>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { request, next, person_kind: kind } = whole;
  const may = (state: State): boolean => next.includes(state);
  const known = may("in_scope_check") || may("approved");
  const waits = whole.letters.some((one) => one.way === "by-hand" && one.sent_at === null);

  const step = async (to: State): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      onDone(await client.post<Whole>(`/v1/requests/${request.id}/steps`, { to }));
      if (to === request.state) toast(t("requests.link_sent"));
    } catch (cause) {
      setFailure(explain(cause));
    } finally {
      setBusy(false);
    }
  };
  const button = (key: Key, act: () => void, main = false) => (
    <button
      type="button"
      class={main ? "button button-main" : "button"}
      aria-disabled={busy}
      onClick={act}
    >
      {t(key)}
    </button>
  );
  const asks = (asked: Asked) => () => setOpen({ reason: asked });
  const writes = (purpose: Purpose) => () => setOpen({ letter: purpose });
  const pending = request.state === "identity_pending";
  const underWay = may("done");
  if (kind === null) {
    return (
      <p class="notice requests-proof">
        <Icon name="shield" size={18} /> {t("requests.next_proof")}
      </p>
    );
  }
  return (
    <section class="part requests-next" aria-labelledby="requests-next">
      <div class="part-head">
        <h2 id="requests-next">{t("requests.next")}</h2>
        <p>{t(sentence(whole, waits))}</p>
      </div>
      <div class="requests-acts">
        {(may("identity_pending") || pending) &&
          whole.way === "email" &&
          button(
            pending ? "requests.send_again" : "requests.send_link",
            () => void step("identity_pending"),
            !pending,
          )}
        {may("verified") && button("requests.verify", asks("verified"), whole.way !== "email")}
        {known && button("requests.approve", writes("answer"), true)}
        {(known || may("refused")) && button("requests.refuse", writes("refusal"))}
        {underWay &&
          button("requests.finish", () => void step("done"), request.state !== "running")}
        {may("waiting_external") && button("requests.wait", () => void step("waiting_external"))}
        {may("partially_done") && button("requests.partly", () => void step("partially_done"))}
      </div>
      {failure && (
        <p class="notice notice-danger" role="alert">
          {failure}
        </p>
      )}
      {!isClosed(request) && (
        <details class="more">
          <summary>{t("requests.more_acts")}</summary>
          <div class="requests-acts">
            {may("extended") && button("requests.extend", writes("extension"))}
            {may("verified") && !request.stopped && button("requests.doubt", asks("doubt"))}
            {button("requests.write", writes("other"))}
            {may("withdrawn") && button("requests.withdraw", asks("withdrawn"))}
            {may("duplicate") && button("requests.duplicate", asks("duplicate"))}
          </div>
        </details>
      )}
      {open && "letter" in open && (
        <LetterDialog
          whole={whole}
          purpose={open.letter}
          onClose={() => setOpen(null)}
          onDone={onDone}
        />
      )}
      {open && "reason" in open && (
        <ReasonDialog
          whole={whole}
          asked={open.reason}
          onClose={() => setOpen(null)}
          onDone={onDone}
        />
      )}
    </section>
  );
}

function sentence({ request, way }: Whole, waits: boolean): Key {
  if (isClosed(request)) return "requests.next_closed";
  if (waits) return "requests.next_by_hand";
  if (request.stopped) return "requests.next_stopped";
  switch (request.state) {
    case "received":
      return way === "email" ? "requests.next_received" : "requests.next_received_other";
    case "identity_pending":
      return "requests.next_identity";
    case "verified":
    case "in_scope_check":
      return "requests.next_check";
    case "waiting_external":
      return "requests.next_external";
    default:
      return "requests.next_running";
  }
}
