/** The record of processing (GDPR Art. 30): read it, take it along, compare two dates. */
import { useEffect, useState } from "preact/hooks";
import { has, language, t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { capital, day } from "../parts/when";
import { settings } from "../settings/account-settings";
import { Part, SettingsPage } from "../settings/page";
import { client } from "../store/client";
import { File } from "./audit";
import { Company } from "./company";
import { Choice, iso, local, Moment } from "./pieces";
import type { Activity, Change, RecordVersion, Said } from "./shapes";

const spoken = (): "en" | "de" => (language.value.startsWith("de") ? "de" : "en");

export function RecordSettings() {
  const [kind, setKind] = useState("controller");
  const [held, setHeld] = useState<RecordVersion | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const known = settings.value;
  useEffect(() => {
    let stale = false;
    client
      .get<RecordVersion>("/v1/records", { query: { kind } })
      .then((found) => {
        if (!stale) setHeld(found);
      })
      .catch(setFailure);
    return () => {
      stale = true;
    };
  }, [kind, known]);
  const said = held?.record.languages[spoken()];
  return (
    <SettingsPage title={t("settings.records")} lead={t("records.lead")}>
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      <Part title={t("records.company")} text={t("records.company_lead")}>
        <Company />
      </Part>
      <Part title={t("records.take")}>
        <Choice label={t("records.kind")} value={kind} onChange={setKind}>
          <option value="controller">{t("records.controller")}</option>
          <option value="processor">{t("records.processor")}</option>
        </Choice>
        {held && !held.record.applies && <p class="notice">{t("records.not_needed")}</p>}
        {held && (
          <>
            <p class="faint">
              {t("records.version", {
                number: held.version,
                date: day(held.created_at, language.value),
              })}
            </p>
            <div class="records-actions">
              {["pdf", "csv", "json"].map((format) => (
                <File
                  key={format}
                  href={`/v1/records/file?kind=${kind}&format=${format}&language=${spoken()}`}
                  name={format.toUpperCase()}
                />
              ))}
            </div>
          </>
        )}
      </Part>
      {said && <Content said={said} />}
      <Part title={t("records.dpia")} text={t("records.dpia_text")}>
        <div class="records-actions">
          {["pdf", "json"].map((format) => (
            <a
              key={format}
              class="button button-small"
              href={`/v1/records/dpia/file?format=${format}&language=${spoken()}`}
              download
            >
              <Icon name="download" size={16} />
              {t("records.dpia_file", { format: format.toUpperCase() })}
            </a>
          ))}
        </div>
      </Part>
      <Part title={t("records.history")} text={t("records.history_text")}>
        <Comparison kind={kind} />
      </Part>
    </SettingsPage>
  );
}

function Content({ said }: { said: Said }) {
  return (
    <>
      <Part title={t("records.activities")}>
        <ul class="lines" lang={spoken()}>
          {said.activities.map((one) => (
            <ActivityLine key={one.id} one={one} />
          ))}
        </ul>
      </Part>
      <Part title={t("records.recipients")}>
        <ul class="lines" lang={spoken()}>
          {said.recipients.map((one) => (
            <li key={one.id}>
              <span class="line-main">
                <b dir="auto">{one.name}</b>
                <small dir="auto">{[one.role, one.receives].join(" · ")}</small>
              </span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t("records.transfers")}>
        {said.transfers.length === 0 && <p class="notice">{t("records.no_transfers")}</p>}
        <ul class="lines" lang={spoken()}>
          {said.transfers.map((one) => (
            <li key={one.to}>
              <span class="line-main">
                <b dir="auto">{one.to}</b>
                <small dir="auto">{[one.where, one.safeguard].join(" · ")}</small>
              </span>
            </li>
          ))}
        </ul>
      </Part>
    </>
  );
}

function ActivityLine({ one }: { one: Activity }) {
  return (
    <li>
      <span class="line-main">
        <b dir="auto">{capital(one.purpose)}</b>
        <small dir="auto">{one.subjects}</small>
        <small dir="auto">{one.data.join(" · ")}</small>
        <small dir="auto">{[...one.bases, ...one.retention].join(" · ")}</small>
      </span>
    </li>
  );
}

function Comparison({ kind }: { kind: string }) {
  const [since, setSince] = useState(local(new Date(Date.now() - 30 * 86_400_000)));
  const [until, setUntil] = useState(local(new Date()));
  const [chosen, setChosen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<readonly Change[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const compare = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      // Until now, unless another end was chosen; a minute that was chosen counts to its end.
      const end = Date.parse(until) + 59_999;
      const query = {
        kind,
        since: iso(since) ?? "",
        ...(chosen && !Number.isNaN(end) ? { until: new Date(end).toISOString() } : {}),
      };
      const answer = await client.get<{ changes: Change[] }>("/v1/records/differences", {
        query,
      });
      // One language is enough to read.
      const other = spoken() === "de" ? "languages.en." : "languages.de.";
      setFound(answer.changes.filter(({ path }) => !path.startsWith(other)));
    } catch (cause) {
      setFailure(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <div class="records-filters">
        <Moment label={t("records.since")} value={since} onInput={setSince} />
        <Moment
          label={t("records.until")}
          value={until}
          onInput={(typed) => {
            setUntil(typed);
            setChosen(true);
          }}
        />
      </div>
      <button type="button" class="button" aria-disabled={busy} onClick={() => void compare()}>
        {t(busy ? "loading" : "records.compare")}
      </button>
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {found?.length === 0 && (
        <p class="notice" role="status">
          {t("records.same")}
        </p>
      )}
      {found && found.length > 0 && (
        <ul class="lines" aria-live="polite">
          {found.map((one) => (
            <li key={one.path}>
              <span class="line-main">
                <b dir="auto">{pathWords(one)}</b>
                <small>
                  {t(kindOf(one))}
                  <Values change={one} />
                </small>
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What stood there and what stands there now, where that is short enough to be read. */
function Values({ change: { path, before, after } }: { change: Change }) {
  const short = (value: unknown): string | null => {
    if (value === null || value === undefined || value === "") return "–";
    if (typeof value !== "object") return String(value);
    // Of a person, the name; what else is made of parts has its own line.
    const { name } = value as { name?: unknown };
    return path.startsWith("parties.") && typeof name === "string" ? name : null;
  };
  const [one, other] = [short(before), short(after)];
  if (one === null || other === null || one === other) return null;
  return (
    <>
      {" · "}
      <bdi>{one}</bdi> {document.documentElement.dir === "rtl" ? "←" : "→"} <bdi>{other}</bdi>
    </>
  );
}

/** Where a change is, in words where there are any. */
function pathWords({ path, before, after }: Change): string {
  const parts = path.replace(/^languages\.(en|de)\./u, "").split(".");
  const field = `records.${parts.at(-1) ?? ""}`;
  if (parts[0] === "parties" && has(field)) return t(field);
  const group = `records.${parts[0] ?? ""}`;
  if (!has(group)) return parts.join(" ");
  const whole = (after ?? before) as { purpose?: string; name?: string; to?: string } | null;
  const name = whole?.purpose ?? whole?.name ?? whole?.to ?? parts.slice(1).join(" ");
  return `${t(group)}: ${name}`;
}

function kindOf({ before, after }: Change) {
  if (before === null) return "records.added" as const;
  return after === null ? ("records.removed" as const) : ("records.changed" as const);
}
