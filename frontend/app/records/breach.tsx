/** One breach: its clock, what is known, the decision, who was told, whose data, closing. */
import { useState } from "preact/hooks";
import { has, language, t } from "../i18n/words";
import { useBusy } from "../parts/busy";
import { Copyable } from "../parts/copy";
import { plainDigits } from "../parts/digits";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { Part } from "../settings/page";
import { client } from "../store/client";
import { ClockLine } from "./clock";
import { History } from "./history";
import { Mailings, useLetter } from "./mailing";
import { Choice, iso, Lines, local, Moment } from "./pieces";
import { Scopes } from "./scopes";
import type { Breach, Scope } from "./shapes";
import { Telling } from "./telling";

const TEXTS = [
  "description",
  "reporter",
  "detection",
  "subjects",
  "records",
  "measures_before",
  "consequences",
  "measures_taken",
] as const;
const MOMENTS = [
  ["began_at", "breach.began"],
  ["ended_at", "breach.ended"],
] as const;
const NATURES = ["confidentiality", "integrity", "availability"] as const;
const RISKS = ["unknown", "unlikely", "risk", "high"] as const;
const DECISIONS = ["undecided", "notify", "not-needed"] as const;

/** How many, or nothing where nobody knows yet. */
const isCount = (typed: string | undefined): boolean =>
  /^\d*$/u.test(plainDigits(typed ?? "").trim());

interface Props {
  breach: Breach;
  onChanged: () => void;
}

export function OneBreach({ breach, onChanged }: Props) {
  const open = breach.status === "open";
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  return (
    <>
      <Part title={t(open ? "breach.open" : "breach.closed")}>
        <ClockLine breach={breach} />
        <Standing breach={breach} onChanged={onChanged} />
      </Part>
      {open && (
        <>
          <Part title={t("breach.facts")}>
            <Facts breach={breach} onChanged={onChanged} />
          </Part>
          <Part title={t("breach.decide")}>
            <Decision breach={breach} onChanged={onChanged} />
          </Part>
          <Part title={t("breach.tell")} text={t("breach.tell_text_lead")}>
            <Telling breach={breach} onChanged={onChanged} />
          </Part>
        </>
      )}
      <Part title={t("breach.scope")} text={t("breach.scope_lead")}>
        <Scopes breach={breach} found={scopes} onFound={setScopes} />
      </Part>
      <Part title={t("breach.letter")} text={t("breach.letter_lead")}>
        <LetterForm breach={breach} />
      </Part>
      <Part title={t("mailing.title")} text={t("mailing.lead")}>
        <Mailings breach={breach} scopes={scopes} />
      </Part>
      <Part title={t("breach.history")}>
        <History breach={breach} />
      </Part>
    </>
  );
}

function Standing({ breach, onChanged }: Props) {
  const open = breach.status === "open";
  const { busy, run } = useBusy();
  const put = (): Promise<void> =>
    run(async () => {
      const status = open ? "closed" : "open";
      await client.post(`/v1/breaches/${breach.id}/status`, { status });
      toast(t(open ? "breach.was_closed" : "breach.was_reopened"));
      onChanged();
    });
  const what = breach.missing.map((name) => {
    const own = `breach.missing_${name}`;
    const key = has(own) ? own : `breach.${name}`;
    return has(key) ? t(key) : name;
  });
  return (
    <>
      {open && what.length > 0 && (
        <p class="notice">
          {t("breach.missing", { what: new Intl.ListFormat(language.value).format(what) })}
        </p>
      )}
      <button type="button" class="button" aria-disabled={busy} onClick={() => void put()}>
        {t(open ? "breach.close" : "breach.reopen")}
      </button>
    </>
  );
}

function Facts({ breach, onChanged }: Props) {
  const [natures, setNatures] = useState<readonly string[]>(breach.nature);
  const text = (name: string): string => String(breach.facts[name] ?? "");
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: Object.fromEntries([
      ...TEXTS.map((name) => [name, text(name)]),
      ["subject_count", text("subject_count")],
      ["record_count", text("record_count")],
      ["risk", breach.risk],
      ["began_at", breach.began_at ? local(new Date(breach.began_at)) : ""],
      ["ended_at", breach.ended_at ? local(new Date(breach.ended_at)) : ""],
    ]) as Record<string, string>,
    check: ({ subject_count, record_count }) => ({
      subject_count: isCount(subject_count) ? undefined : t("wrong.number"),
      record_count: isCount(record_count) ? undefined : t("wrong.number"),
    }),
    send: async ({ subject_count, record_count, began_at, ended_at, ...others }) => {
      const count = (typed: string | undefined) =>
        typed?.trim() ? Number(plainDigits(typed)) : null;
      await client.patch(`/v1/breaches/${breach.id}`, {
        ...others,
        nature: natures,
        subject_count: count(subject_count),
        record_count: count(record_count),
        began_at: iso(began_at ?? ""),
        ended_at: iso(ended_at ?? ""),
      });
      toast(t("saved"));
      onChanged();
    },
  });
  const toggle = (name: string, on: boolean): void =>
    setNatures(on ? [...natures, name] : natures.filter((one) => one !== name));
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <fieldset class="choices">
        <legend>{t("breach.nature")}</legend>
        {NATURES.map((name) => (
          <label key={name} class="records-check">
            <input
              type="checkbox"
              checked={natures.includes(name)}
              onChange={(event) => toggle(name, event.currentTarget.checked)}
            />
            <span>{t(`breach.${name}`)}</span>
          </label>
        ))}
      </fieldset>
      {MOMENTS.map(([name, label]) => (
        <Moment
          key={name}
          label={t(label)}
          value={values[name] ?? ""}
          error={wrong[name]}
          onInput={(typed) => set(name, typed)}
        />
      ))}
      {TEXTS.map((name) => (
        <Lines
          key={name}
          label={t(`breach.${name}`)}
          name={name}
          rows={2}
          value={values[name] ?? ""}
          error={wrong[name]}
          onInput={(typed) => set(name, typed)}
        />
      ))}
      {(["subject_count", "record_count"] as const).map((name) => (
        <TextField
          key={name}
          label={t(`breach.${name}`)}
          name={name}
          autocomplete="off"
          value={values[name] ?? ""}
          error={wrong[name]}
          onInput={(typed) => set(name, typed)}
        />
      ))}
      <Choice
        label={t("breach.risk")}
        value={values.risk ?? "unknown"}
        onChange={(risk) => set("risk", risk)}
      >
        {RISKS.map((risk) => (
          <option key={risk} value={risk}>
            {t(`breach.risk_${risk}`)}
          </option>
        ))}
      </Choice>
      {failure && <p class="notice notice-danger">{failure}</p>}
      <button type="submit" class="button button-main" aria-disabled={busy}>
        {t("breach.save")}
      </button>
    </form>
  );
}

function Decision({ breach, onChanged }: Props) {
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: {
      decision: breach.decision,
      decision_reason: String(breach.facts.decision_reason ?? ""),
      authority: String(breach.facts.authority ?? ""),
      people_reason: String(breach.facts.people_reason ?? ""),
    },
    check: ({ decision, decision_reason }) =>
      decision !== "undecided" && !decision_reason.trim()
        ? { decision_reason: t("wrong.empty") }
        : {},
    send: async (given) => {
      await client.patch(`/v1/breaches/${breach.id}`, given);
      toast(t("saved"));
      onChanged();
    },
  });
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <Choice
        label={t("breach.decision")}
        value={values.decision}
        onChange={(decision) => set("decision", decision)}
      >
        {DECISIONS.map((decision) => (
          <option key={decision} value={decision}>
            {t(`breach.decision_${decision.replace("-", "_") as "notify" | "not_needed"}`)}
          </option>
        ))}
      </Choice>
      <Lines
        label={t("breach.decision_reason")}
        value={values.decision_reason}
        error={wrong.decision_reason}
        onInput={(typed) => set("decision_reason", typed)}
      />
      <TextField
        label={t("breach.authority")}
        name="authority"
        autocomplete="off"
        value={values.authority}
        error={wrong.authority}
        onInput={(typed) => set("authority", typed)}
      />
      <Lines
        label={t("breach.people_reason")}
        value={values.people_reason}
        error={wrong.people_reason}
        onInput={(typed) => set("people_reason", typed)}
      />
      {failure && <p class="notice notice-danger">{failure}</p>}
      <button type="submit" class="button button-main" aria-disabled={busy}>
        {t("breach.save")}
      </button>
    </form>
  );
}

function LetterForm({ breach }: { breach: Breach }) {
  const { letter, failure } = useLetter(breach.id);
  if (failure !== null) return <p class="notice notice-danger">{explain(failure)}</p>;
  if (!letter) return null;
  return <Copyable text={`${letter.subject}\n\n${letter.text}`} name={t("breach.letter")} prose />;
}
