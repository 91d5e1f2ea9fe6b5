/** Writing to those concerned by a breach: to whom of an answer, what, and the proof that it left. */
import { signal } from "@preact/signals";
import { useCallback, useEffect, useState } from "preact/hooks";
import type { List } from "../../shared/types";
import { language, number, t } from "../i18n/words";
import { useBusy } from "../parts/busy";
import { ask } from "../parts/dialog";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { full, moment } from "../parts/when";
import { client } from "../store/client";
import { File } from "./audit";
import { Choice, Lines } from "./pieces";
import type { Breach, Mailing, Scope } from "./shapes";

/** Grows when letters have left, whoever sent them. */
export const mailingChanges = signal(0);

const PAUSE = 2000;
const WHO = ["opened", "delivered", "listed"] as const;

interface Letter {
  language: string;
  subject: string;
  text: string;
}

interface Props {
  breach: Breach;
  scopes: readonly Scope[];
}

/** The form of the letter, in the language of whoever reads the app. */
export function useLetter(breachId: string): { letter: Letter | null; failure: unknown } {
  const [letter, setLetter] = useState<Letter | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const spoken = language.value;
  useEffect(() => {
    let stale = false;
    client
      .get<Letter>(`/v1/breaches/${breachId}/letter`, { query: { language: spoken } })
      .then((found) => {
        if (stale) return;
        setLetter(found);
        setFailure(null);
      })
      .catch((cause) => !stale && setFailure(cause));
    return () => {
      stale = true;
    };
  }, [breachId, spoken]);
  return { letter, failure };
}

export function Mailings({ breach, scopes }: Props) {
  const [items, setItems] = useState<readonly Mailing[]>([]);
  const [failure, setFailure] = useState<unknown>(null);
  const { letter } = useLetter(breach.id);
  const load = useCallback(() => {
    client
      .get<List<Mailing>>(`/v1/breaches/${breach.id}/mailings`)
      .then((list) => {
        setItems(list.items);
        setFailure(null);
      })
      .catch(setFailure);
  }, [breach.id]);
  useEffect(load, [load, mailingChanges.value]);
  const working = items.some(({ finished_at }) => finished_at === null);
  useEffect(() => {
    if (!working) return;
    const timer = setInterval(load, PAUSE);
    return () => clearInterval(timer);
  }, [working, load]);
  return (
    <>
      {breach.status === "open" && scopes.length === 0 && (
        <p class="notice">{t("mailing.first_scope")}</p>
      )}
      {breach.status === "open" && scopes.length > 0 && letter && (
        <Writing
          key={letter.language}
          breach={breach}
          scopes={scopes}
          letter={letter}
          onSent={load}
        />
      )}
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {items.length > 0 && (
        <ul class="lines">
          {items.map((one) => (
            <Batch key={one.id} breach={breach} one={one} onChanged={load} />
          ))}
        </ul>
      )}
    </>
  );
}

interface WritingProps extends Props {
  letter: Letter;
  onSent: () => void;
}

/** What the form asks for in brackets, and still stands in a letter. */
export const unwritten = (form: string, text: string): string | undefined =>
  form.match(/\[[^\]]+\]/gu)?.find((place) => text.includes(place));

function Writing({ breach, scopes, letter, onSent }: WritingProps) {
  const openIn = (text: string): { text?: string } => {
    const place = unwritten(letter.text, text);
    return place ? { text: t("wrong.letter_unfinished", { place }) } : {};
  };
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: {
      scope: scopes[0]?.id ?? "",
      opened: true as boolean,
      delivered: true as boolean,
      listed: false as boolean,
      again: false as boolean,
      subject: letter.subject,
      text: letter.text,
    },
    check: ({ subject, text, ...chosen }) => ({
      ...(subject.trim() ? {} : { subject: t("wrong.empty") }),
      ...(text.trim() ? openIn(text) : { text: t("wrong.empty") }),
      ...(WHO.some((one) => chosen[one]) ? {} : { who: t("mailing.nobody") }),
    }),
    send: async ({ scope, again, subject, text, ...chosen }) => {
      const certainties = WHO.filter((one) => chosen[one]);
      const people = scopes.find(({ id }) => id === scope)?.counts.people;
      const count = certainties.reduce((sum, one) => sum + (people?.[one] ?? 0), 0);
      const sure = await ask({
        title: t("mailing.sure", { count }),
        text: t("mailing.sure_text"),
        action: t("mailing.do"),
      });
      if (!sure) return;
      await client.post(`/v1/breaches/${breach.id}/mailings`, {
        scope_id: scope,
        certainties,
        again,
        letters: { [letter.language]: { subject, text } },
      });
      toast(t("mailing.started"));
      onSent();
    },
  });
  const newest = scopes[0]?.id ?? "";
  // Who was just found is meant; what is written stays.
  useEffect(() => set("scope", newest), [newest]);
  const counts = scopes.find(({ id }) => id === values.scope)?.counts.people;
  const check = (name: "opened" | "delivered" | "listed" | "again", words: string) => (
    <label class="records-check" key={name}>
      <input
        type="checkbox"
        checked={values[name]}
        onChange={(event) => set(name, event.currentTarget.checked)}
      />
      <span>{words}</span>
    </label>
  );
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <Choice
        label={t("mailing.scope")}
        value={values.scope}
        onChange={(scope) => set("scope", scope)}
      >
        {scopes.map(({ id, since, until }) => (
          <option key={id} value={id}>
            {t("mailing.window", {
              since: moment(since, language.value),
              until: moment(until, language.value),
            })}
          </option>
        ))}
      </Choice>
      <fieldset>
        <legend>{t("mailing.who")}</legend>
        {WHO.map((one) =>
          check(one, t(`breach.scope_${one}`, { count: number(counts?.[one] ?? 0) })),
        )}
        {check("again", t("mailing.again"))}
        {wrong.who && <p class="field-error">{wrong.who}</p>}
      </fieldset>
      <TextField
        label={t("requests.letter_subject")}
        name="subject"
        maxLength={200}
        value={values.subject}
        error={wrong.subject}
        onInput={(subject) => set("subject", subject)}
      />
      <Lines
        label={t("requests.letter_text")}
        name="text"
        rows={14}
        value={values.text}
        error={wrong.text}
        onInput={(text) => set("text", text)}
      />
      {failure && (
        <p class="notice notice-danger" role="alert">
          {failure}
        </p>
      )}
      <button type="submit" class="button" aria-disabled={busy}>
        {t("mailing.do")}
      </button>
    </form>
  );
}

interface BatchProps {
  breach: Breach;
  one: Mailing;
  onChanged: () => void;
}

function Batch({ breach, one, onChanged }: BatchProps) {
  const { counts } = one;
  const path = `/v1/breaches/${breach.id}/mailings/${one.id}`;
  const left = ["failed", "no-address"].some((state) => (counts[state] ?? 0) > 0);
  const { busy, run } = useBusy();
  const again = (): Promise<void> =>
    run(async () => {
      await client.post(`${path}/again`, {});
      onChanged();
    });
  const name = full(one.created_at, language.value);
  const said = (["sent", "waiting", "sending", "failed", "unclear", "no-address"] as const)
    .filter((state) => (counts[state] ?? 0) > 0)
    .map((state) => {
      const key =
        `mailing.${state.replace("-", "_") as Exclude<typeof state, "no-address">}` as const;
      return t(key, { count: number(counts[state] ?? 0) });
    });
  return (
    <li>
      <span class="line-main">
        <b>{name}</b>
        <small role={one.finished_at ? undefined : "status"}>
          {said.join(" · ") || t(one.finished_at ? "mailing.none" : "mailing.begins")}
        </small>
      </span>
      {one.finished_at && left && (
        <button
          type="button"
          class="button button-small"
          aria-disabled={busy}
          onClick={() => void again()}
        >
          {t("mailing.retry")}
          <span class="spoken"> {name}</span>
        </button>
      )}
      <File href={`${path}/file`} name="CSV" />
    </li>
  );
}
