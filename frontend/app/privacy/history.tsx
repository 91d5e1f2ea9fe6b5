/** What a person was shown and answered, receipt by receipt, in plain words. */
import { useCallback } from "preact/hooks";
import { PROVIDERS, type Provider } from "../../shared/providers";
import type { List, Receipt } from "../../shared/types";
import { language, t } from "../i18n/words";
import { Dialog } from "../parts/dialog";
import { explain } from "../parts/problem";
import { full } from "../parts/when";
import { languageName } from "../settings/languages";
import { client } from "../store/client";
import { usePages } from "../store/pages";

export function History({ visitorId, onClose }: { visitorId: string; onClose: () => void }) {
  const read = useCallback(
    (after: string | null, signal: AbortSignal) =>
      client.get<List<Receipt>>(`/v1/visitors/${visitorId}/receipts`, { query: { after }, signal }),
    [visitorId],
  );
  const { shown, more } = usePages(read);
  const { items, next, loaded, loading, failure } = shown;
  return (
    <Dialog title={t("history.open")} onClose={onClose} wide>
      <p>{t(loaded && items.length === 0 ? "history.none" : "history.lead")}</p>
      {failure !== null && (
        <p class="notice notice-danger" role="alert">
          {explain(failure)}
        </p>
      )}
      {!loaded && failure === null && <p class="bones">{t("loading")}</p>}
      <ol class="receipts">
        {items.map((receipt) => (
          <Line key={receipt.id} receipt={receipt} />
        ))}
      </ol>
      {next && (
        <button type="button" class="button" aria-disabled={loading} onClick={more}>
          {t("history.more")}
        </button>
      )}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {t("dialog.close")}
        </button>
      </div>
    </Dialog>
  );
}

function Line({ receipt }: { receipt: Receipt }) {
  const { answer, at, hash, number, text, text_version: version } = receipt;
  const spoken = languageName(receipt.language);
  return (
    <li>
      <p>
        <b>
          {about(receipt.subject)}: {t(`history.${answer}`)}
        </b>{" "}
        <time dateTime={at}>{full(at, language.value)}</time>
      </p>
      <small class="faint">{how(receipt)}</small>
      <details class="more">
        <summary>{t("history.words")}</summary>
        <blockquote class="words" lang={receipt.language} dir="auto">
          {text}
        </blockquote>
        <p>{t("marketing.version", { version, language: spoken })}</p>
        <p class="hash">{t("history.proof", { number, hash })}</p>
      </details>
    </li>
  );
}

function about(subject: string): string {
  if (subject === "legal-text") return t("history.of_legal");
  if (subject === "marketing") return t("marketing.title");
  if (subject === "email-request") return t("history.of_email");
  if (subject === "gpc") return t("history.of_signal");
  const company = PROVIDERS[subject.replace("embed:", "") as Provider];
  return company ? t("history.of_embed", { company }) : subject;
}

function how({ method, reason }: Receipt): string {
  if (method === "operator") return t("history.by_operator", { reason: reason ?? "–" });
  if (method === "gpc") return t("history.by_gpc");
  return t(method === "api" ? "history.by_api" : "history.by_button");
}
