/** The audit log: who did what and who opened which chat, with the check of its chain. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { List } from "../../shared/types";
import en from "../i18n/en.json";
import { number, t } from "../i18n/words";
import { announce } from "../parts/announce";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { Ago } from "../parts/time";
import { href } from "../router/routes";
import { Part, SettingsPage } from "../settings/page";
import { client } from "../store/client";
import { ignorePassing, loadTeam } from "../store/load";
import { usePages } from "../store/pages";
import { team } from "../store/state";
import { actionWords, actorName, Choice } from "./pieces";
import type { AuditLine, Broken, Checked, ReceiptsChecked } from "./shapes";

const ACTIONS = Object.keys(en)
  .filter((key) => key.startsWith("action."))
  .map((key) => key.slice("action.".length).replace(/_/gu, "-"))
  .filter((name) => name !== "request" && name !== "breach-scope");

export function AuditSettings() {
  return (
    <SettingsPage title={t("settings.audit")} lead={t("audit.lead")}>
      <Part title={t("audit.chain")} text={t("audit.chain_text")}>
        <Check />
      </Part>
      <Part title={t("audit.take")} text={t("audit.take_text")}>
        <div class="records-actions">
          <File href="/v1/audit/file?format=jsonl" name="JSON" />
          <File href="/v1/audit/file?format=csv" name="CSV" />
          <File href="/v1/audit/anchors" name={t("audit.anchors")} />
        </div>
      </Part>
      <Part title={t("audit.list")}>
        <Log />
      </Part>
    </SettingsPage>
  );
}

export function File({ href, name }: { href: string; name: string }) {
  return (
    <a class="button button-small" href={href} download>
      <Icon name="download" size={16} />
      {t("records.download", { format: name })}
    </a>
  );
}

function Check() {
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<{ log: Checked; receipts: ReceiptsChecked } | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const check = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      const log = await client.get<Checked>("/v1/audit/check", { timeout: 120_000 });
      const receipts = await client.get<ReceiptsChecked>("/v1/receipts/check", {
        timeout: 120_000,
      });
      setFound({ log, receipts });
      announce(log.intact ? t("audit.intact", { count: number(log.lines) }) : t("audit.broken"));
    } catch (cause) {
      setFailure(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button
        type="button"
        class="button button-main"
        aria-disabled={busy}
        onClick={() => void check()}
      >
        <Icon name="shield" size={18} />
        {busy ? t("audit.checking") : t("audit.check")}
      </button>
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {found && <Result log={found.log} receipts={found.receipts} />}
    </>
  );
}

function Result({ log, receipts }: { log: Checked; receipts: ReceiptsChecked }) {
  return (
    <>
      {log.intact ? (
        <p class="notice">
          {t("audit.intact", { count: number(log.lines) })}{" "}
          {log.anchored > 0 && t("audit.anchored", { number: log.anchored })}
        </p>
      ) : (
        <div class="notice notice-danger">
          <p>{t("audit.broken")}</p>
          <ul>
            {log.broken.map((one) => (
              <li key={`${one.what} ${one.number}`}>{where(one)}</li>
            ))}
          </ul>
        </div>
      )}
      <p class={receipts.intact ? "notice" : "notice notice-danger"}>
        {receipts.intact
          ? t("audit.receipts_intact")
          : t("audit.receipts_broken", { number: receipts.broken[0]?.number ?? 0 })}
      </p>
    </>
  );
}

function where({ number: at, what, through, belongs_at: place }: Broken): string {
  const params = { number: at, through: through ?? at, place: place ?? "?" };
  switch (what) {
    case "missing":
      return t("audit.broken_missing", params);
    case "moved":
      return t("audit.broken_moved", params);
    case "inserted":
      return t("audit.broken_inserted", params);
    case "cut-off":
      return t("audit.broken_cut_off", params);
    case "head":
      return t("audit.broken_head", params);
    case "start":
      return t("audit.broken_start", params);
    case "rewritten":
      return t("audit.broken_rewritten", params);
    case "anchor":
      return t("audit.broken_anchor", params);
    default:
      return t("audit.broken_changed", params);
  }
}

function Log() {
  const [action, setAction] = useState("");
  const [operator, setOperator] = useState("");
  const read = useCallback(
    (after: string | null, signal: AbortSignal) =>
      client.get<List<AuditLine>>("/v1/audit", {
        query: { action, operator_id: operator, after },
        signal,
      }),
    [action, operator],
  );
  const { shown, more } = usePages(read);
  const { items, next, loaded, loading, failure } = shown;
  useEffect(() => void loadTeam().catch(ignorePassing), []);
  return (
    <>
      <div class="records-filters">
        <Choice label={t("audit.filter_action")} value={action} onChange={setAction}>
          <option value="">{t("audit.everything")}</option>
          {ACTIONS.map((name) => (
            <option key={name} value={name}>
              {actionWords(name)}
            </option>
          ))}
        </Choice>
        <Choice label={t("audit.filter_operator")} value={operator} onChange={setOperator}>
          <option value="">{t("audit.everybody")}</option>
          {team.value.map((member) => (
            <option key={member.id} value={member.id}>
              {member.display_name ?? member.name}
            </option>
          ))}
        </Choice>
      </div>
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {!loaded && failure === null && <p class="bones">{t("loading")}</p>}
      {loaded && items.length === 0 && <p class="notice">{t("audit.none")}</p>}
      {items.length > 0 && (
        <ol class="lines records-log" aria-busy={loading}>
          {items.map((line) => (
            <li key={line.number}>
              <span class="records-number">{number(line.number)}</span>
              <span class="line-main">
                <span>
                  <b dir="auto">{actorName(line.actor_kind, line.actor_id)}</b>{" "}
                  {actionWords(line.action)}
                </span>
                <Target line={line} />
              </span>
              <span class="line-note">
                <Ago at={line.at} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {next && (
        <button type="button" class="button" aria-disabled={loading} onClick={more}>
          {t("audit.more")}
        </button>
      )}
    </>
  );
}

/** What it was done to: a name or a way there, and otherwise its id, which is all the log holds. */
function Target({ line }: { line: AuditLine }) {
  const { target_kind: kind, target_id: id, actor_id: actor } = line;
  if (!id || id === actor) return null;
  if (kind === "operator") return <small dir="auto">{actorName("operator", id)}</small>;
  const to =
    kind === "chat"
      ? href({ page: "inbox", view: "all", chat: id })
      : kind === "request"
        ? href({ page: "requests", id })
        : null;
  return <small class="records-id">{to ? <a href={to}>{id}</a> : id}</small>;
}
