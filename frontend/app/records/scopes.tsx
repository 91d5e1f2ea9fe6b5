/** Whose data was in scope: asked of the audit log, kept with the breach as numbers and ids. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { List, Token } from "../../shared/types";
import { language, number, t } from "../i18n/words";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { toast } from "../parts/toast";
import { moment } from "../parts/when";
import { client } from "../store/client";
import { team } from "../store/state";
import { File } from "./audit";
import { Choice, iso, local, Moment } from "./pieces";
import type { Breach, Scope } from "./shapes";

interface Props {
  breach: Breach;
  found: readonly Scope[];
  onFound: (all: readonly Scope[]) => void;
}

export function Scopes({ breach, found, onFound: setFound }: Props) {
  const [tokens, setTokens] = useState<readonly Token[]>([]);
  const load = useCallback(() => {
    client
      .get<List<Scope>>(`/v1/breaches/${breach.id}/scopes`)
      .then((list) => setFound(list.items))
      .catch(() => setFound([]));
  }, [breach.id]);
  useEffect(load, [load]);
  useEffect(() => {
    client
      .get<List<Token>>("/v1/tokens")
      .then((list) => setTokens(list.items))
      .catch(() => setTokens([]));
  }, []);
  return (
    <>
      <Question breach={breach} tokens={tokens} onFound={load} />
      <ul class="lines">
        {found.map((one) => (
          <Answer key={one.id} breach={breach} one={one} tokens={tokens} />
        ))}
      </ul>
    </>
  );
}

interface QuestionProps {
  breach: Breach;
  tokens: readonly Token[];
  onFound: () => void;
}

function Question({ breach, tokens, onFound }: QuestionProps) {
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: {
      kind: "operator",
      id: "",
      since: local(new Date(Date.parse(breach.clock.aware_at) - 7 * 86_400_000)),
      until: local(new Date(Date.now() + 60_000)),
    },
    check: ({ id, since, until }) => ({
      ...(id.trim() ? {} : { id: t("wrong.empty") }),
      ...(iso(since) ? {} : { since: t("wrong.empty") }),
      ...(iso(until) ? {} : { until: t("wrong.empty") }),
    }),
    send: async ({ kind, id, since, until }) => {
      const body = { kind, id: id.trim(), since: iso(since), until: iso(until) };
      await client.post(`/v1/breaches/${breach.id}/scopes`, body, { timeout: 120_000 });
      toast(t("breach.scope_done"));
      onFound();
    },
  });
  const known =
    values.kind === "operator"
      ? team.value.map(({ id, name, display_name }) => ({ id, name: display_name ?? name }))
      : tokens;
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <Choice
        label={t("breach.scope_kind")}
        value={values.kind}
        onChange={(kind) => {
          set("kind", kind);
          set("id", "");
        }}
      >
        <option value="operator">{t("breach.scope_operator")}</option>
        <option value="token">{t("breach.scope_token")}</option>
        <option value="session">{t("breach.scope_session")}</option>
      </Choice>
      {values.kind === "session" ? (
        <TextField
          label={t("breach.scope_id")}
          name="id"
          autocomplete="off"
          value={values.id}
          error={wrong.id}
          onInput={(typed) => set("id", typed)}
        />
      ) : (
        <Choice
          label={t("breach.scope_which")}
          value={values.id}
          error={wrong.id}
          onChange={(id) => set("id", id)}
        >
          <option value="" />
          {known.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Choice>
      )}
      <Moment
        label={t("records.since")}
        value={values.since}
        error={wrong.since}
        onInput={(typed) => set("since", typed)}
      />
      <Moment
        label={t("records.until")}
        value={values.until}
        error={wrong.until}
        onInput={(typed) => set("until", typed)}
      />
      {failure && <p class="notice notice-danger">{failure}</p>}
      <button type="submit" class="button" aria-disabled={busy}>
        {t(busy ? "breach.scope_busy" : "breach.scope_ask")}
      </button>
    </form>
  );
}

interface AnswerProps {
  breach: Breach;
  one: Scope;
  tokens: readonly Token[];
}

function Answer({ breach, one, tokens }: AnswerProps) {
  const { opened, delivered, listed } = one.counts.people;
  const who =
    team.value.find(({ id }) => id === one.by_id)?.name ??
    tokens.find(({ id }) => id === one.by_id)?.name ??
    one.by_id;
  const when = (at: string): string => moment(at, language.value);
  return (
    <li>
      <span class="line-main">
        <b dir="auto">
          {t("breach.scope_by", { who, since: when(one.since), until: when(one.until) })}
        </b>
        <small>{t("breach.scope_opened", { count: number(opened) })}</small>
        <small>{t("breach.scope_delivered", { count: number(delivered) })}</small>
        <small>{t("breach.scope_listed", { count: number(listed) })}</small>
        {one.counts.gone > 0 && (
          <small>{t("breach.scope_gone", { count: number(one.counts.gone) })}</small>
        )}
      </span>
      <File href={`/v1/breaches/${breach.id}/scopes/${one.id}/file`} name="CSV" />
    </li>
  );
}
