/** The record of processing (GDPR Art. 30): read it, take it along, compare two dates. */
import { useEffect, useState } from "preact/hooks";
import { has, language, t } from "../i18n/words";
import { TextField } from "../parts/field";
import { explain, looksLikeMail } from "../parts/problem";
import { day } from "../parts/when";
import { saveSettings, settings } from "../settings/account-settings";
import { useSettings } from "../settings/general";
import { Part, SettingsPage } from "../settings/page";
import { client } from "../store/client";
import { File } from "./audit";
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
      <Part title={t("records.kind")}>
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
        <ul class="lines">
          {said.activities.map((one) => (
            <ActivityLine key={one.id} one={one} />
          ))}
        </ul>
      </Part>
      <Part title={t("records.recipients")}>
        <ul class="lines">
          {said.recipients.map((one) => (
            <li key={one.id}>
              <span class="line-main">
                <b dir="auto">{one.name}</b>
                <small>{[one.role, one.receives].join(" · ")}</small>
              </span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t("records.transfers")}>
        {said.transfers.length === 0 && <p class="notice">{t("records.no_transfers")}</p>}
        <ul class="lines">
          {said.transfers.map((one) => (
            <li key={one.to}>
              <span class="line-main">
                <b dir="auto">{one.to}</b>
                <small>{[one.where, one.safeguard].join(" · ")}</small>
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
        <b>{one.purpose}</b>
        <small>{one.subjects}</small>
        <small>{one.data.join(" · ")}</small>
        <small>{[...one.bases, ...one.retention].join(" · ")}</small>
      </span>
    </li>
  );
}

/** What stands at the head of the record; saved when a field is left. */
function Company() {
  const { known, failure } = useSettings();
  if (!known) return failure === null ? null : <p class="notice">{explain(failure)}</p>;
  const own = known.privacy.organisation;
  const save = (patch: Record<string, unknown>) =>
    saveSettings({ privacy: { organisation: patch } });
  const officer = own.data_protection_officer;
  return (
    <>
      <Field
        label={t("records.address")}
        known={own.address}
        save={(address) => save({ address })}
      />
      <Field
        label={t("records.country")}
        known={own.country}
        save={(country) => save({ country })}
      />
      <Field label={t("records.email")} mail known={own.email} save={(email) => save({ email })} />
      <Officer known={officer} save={(next) => save({ data_protection_officer: next })} />
    </>
  );
}

interface FieldProps {
  label: string;
  known: string | null;
  save: (value: string | null) => Promise<void>;
  mail?: boolean;
}

function Field({ label, known, save, mail = false }: FieldProps) {
  const [text, setText] = useState(known ?? "");
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  useEffect(() => setText(known ?? ""), [known]);
  const leave = async (): Promise<void> => {
    const value = text.trim();
    if (value === (known ?? "")) return;
    if (mail && value && !looksLikeMail(value)) return setWrong(t("wrong.email"));
    try {
      await save(value || null);
    } catch (cause) {
      setWrong(explain(cause));
    }
  };
  return (
    <TextField
      label={label}
      name={label}
      type={mail ? "email" : "text"}
      autocomplete="off"
      maxLength={400}
      value={text}
      error={wrong}
      onInput={(typed) => {
        setText(typed);
        setWrong(undefined);
      }}
      onBlur={() => void leave()}
    />
  );
}

interface OfficerProps {
  known: { name: string; email: string } | null;
  save: (value: { name: string; email: string } | null) => Promise<void>;
}

/** Name and address belong together: neither is kept without the other. */
function Officer({ known, save }: OfficerProps) {
  const [half, setHalf] = useState<{ name?: string | null; email?: string | null }>({});
  const put = async (part: { name?: string | null; email?: string | null }): Promise<void> => {
    const next = { ...known, ...half, ...part };
    setHalf(next);
    if (next.name && next.email) await save({ name: next.name, email: next.email });
    else if (!next.name && !next.email && known) await save(null);
  };
  const name = half.name === undefined ? (known?.name ?? null) : half.name;
  const email = half.email === undefined ? (known?.email ?? null) : half.email;
  return (
    <>
      <Field label={t("records.dpo_name")} known={name} save={(value) => put({ name: value })} />
      <Field
        label={t("records.dpo_email")}
        mail
        known={email}
        save={(value) => put({ email: value })}
      />
    </>
  );
}

function Comparison({ kind }: { kind: string }) {
  const [since, setSince] = useState(local(new Date(Date.now() - 30 * 86_400_000)));
  const [until, setUntil] = useState(local(new Date()));
  const [found, setFound] = useState<readonly Change[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const compare = async (): Promise<void> => {
    setFailure(null);
    try {
      const query = { kind, since: iso(since) ?? "", until: iso(until) ?? "" };
      const answer = await client.get<{ changes: Change[] }>("/v1/records/differences", {
        query,
      });
      // One language is enough to read.
      const other = spoken() === "de" ? "languages.en." : "languages.de.";
      setFound(answer.changes.filter(({ path }) => !path.startsWith(other)));
    } catch (cause) {
      setFailure(cause);
    }
  };
  return (
    <>
      <div class="records-filters">
        <Moment label={t("records.since")} value={since} onInput={setSince} />
        <Moment label={t("records.until")} value={until} onInput={setUntil} />
      </div>
      <button type="button" class="button" onClick={() => void compare()}>
        {t("records.compare")}
      </button>
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {found?.length === 0 && <p class="notice">{t("records.same")}</p>}
      {found && found.length > 0 && (
        <ul class="lines" aria-live="polite">
          {found.map((one) => (
            <li key={one.path}>
              <span class="line-main">
                <b dir="auto">{pathWords(one)}</b>
                <small>
                  {t(kindOf(one))}
                  {typeof one.after !== "object" &&
                    ` · ${String(one.before ?? "–")} → ${String(one.after)}`}
                </small>
              </span>
            </li>
          ))}
        </ul>
      )}
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
