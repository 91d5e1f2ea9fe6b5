/** One request: who asks for what until when, what to do next, and all that happened. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { Problem } from "../../shared/api";
import { language, listed, t } from "../i18n/words";
import { Copyable } from "../parts/copy";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { capital, day, full } from "../parts/when";
import { href } from "../router/routes";
import { languageName } from "../settings/languages";
import { client } from "../store/client";
import { inTurn } from "../store/turns";
import { changes } from "./counts";
import { Due, dayOf } from "./due";
import { Letters } from "./letters";
import { Next } from "./next";
import { shortNumber } from "./number";
import { isClosed, type Match, type Step, type Whole } from "./shapes";

export function Request({ id }: { id: string }) {
  const [whole, setWhole] = useState<Whole | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const load = useCallback(async () => {
    try {
      setWhole(await inTurn(`request ${id}`, () => client.get<Whole>(`/v1/requests/${id}`)));
      setFailure(null);
    } catch (cause) {
      setFailure(cause);
    }
  }, [id]);
  const seen = changes.value;
  useEffect(() => {
    void load();
  }, [load, seen]);
  useEffect(() => {
    // What was pressed is often gone with the step it took: the title is where one goes on.
    if (!whole || document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  }, [whole]);
  const done = (after: Whole): void => {
    const moved = after.request.state !== whole?.request.state;
    setWhole(after);
    const state = t(`requests.state_${after.request.state}`);
    toast(moved ? t("requests.is_now", { state }) : t("saved"));
  };
  const missing = failure instanceof Problem && failure.status === 404;
  return (
    <main class="settings-main request" id="main">
      <p>
        <a class="request-back" href={href({ page: "requests", id: null })}>
          <Icon name="back" size={18} />
          {t("requests.title")}
        </a>
      </p>
      {failure !== null && (
        <p class="notice notice-danger" role="alert">
          {missing ? t("requests.missing") : explain(failure)}
        </p>
      )}
      {whole && <Shown whole={whole} onDone={done} />}
      {!whole && failure === null && <p class="bones">{t("loading")}</p>}
    </main>
  );
}

function Shown({ whole, onDone }: { whole: Whole; onDone: (whole: Whole) => void }) {
  const { request, name, email, text, matches } = whole;
  return (
    <>
      <header class="settings-head">
        <h1 tabIndex={-1}>
          {t(`requests.kind_${request.kind}`)}
          {(name ?? email) && (
            <>
              {" · "}
              <span dir="auto">{name ?? email}</span>
            </>
          )}
        </h1>
        <Due request={request} />
        <p class="lead">
          {t(`requests.state_${request.state}`)}
          {request.extended && ` · ${t("requests.extended")}`}
          {` · ${t("requests.short", { number: shortNumber(request.id) })}`}
        </p>
      </header>
      <Next whole={whole} onDone={onDone} />
      {matches.length > 0 && !isClosed(request) && (
        <Matches whole={whole} matches={matches} onDone={onDone} />
      )}
      <section class="part" aria-labelledby="request-words">
        <div class="part-head">
          <h2 id="request-words">{t("requests.words")}</h2>
        </div>
        <div class="part-body">
          {text ? (
            <blockquote class="words" dir="auto">
              {text}
            </blockquote>
          ) : (
            <p class="faint">{t("requests.no_words")}</p>
          )}
          <Facts whole={whole} />
        </div>
      </section>
      <Letters whole={whole} onDone={onDone} />
      <Timeline steps={whole.steps} />
    </>
  );
}

function Facts({ whole }: { whole: Whole }) {
  const { request, wishes } = whole;
  const wished = Object.entries(wishes).map(
    ([field, value]) => `${t(`person.${field as "name"}`)}: ${value ?? "–"}`,
  );
  const facts: [string, string | null][] = [
    [t("requests.received"), day(request.received_at, language.value)],
    [t("requests.answer_by"), dayOf(request.due_on)],
    [t("requests.how"), capital(t(`requests.via_${request.via}`))],
    [t("person.email"), whole.email],
    [t("person.language"), whole.language && languageName(whole.language)],
    [t("requests.correct_to"), listed(wished) || null],
    [t("requests.on_behalf"), whole.on_behalf],
    [t("requests.ground"), whole.ground && t(`requests.ground_${whole.ground}`)],
    [t("requests.number"), shortNumber(request.id)],
    [t("requests.certificate"), whole.erasure_id],
  ];
  return (
    <>
      <dl class="facts">
        {facts.map(
          ([word, value]) =>
            value && (
              <div key={word}>
                <dt>{word}</dt>
                <dd dir="auto">{value}</dd>
              </div>
            ),
        )}
      </dl>
      <details class="more">
        <summary>{t("requests.number_whole")}</summary>
        <Copyable text={request.id} name={t("requests.number_whole")} />
      </details>
      {whole.duplicate_of && (
        <a href={href({ page: "requests", id: whole.duplicate_of })}>{t("requests.other")}</a>
      )}
      {whole.chat_id && (
        <a
          class="button button-small"
          href={href({ page: "inbox", view: "all", chat: whole.chat_id })}
        >
          <Icon name="chat" size={16} />
          {t("requests.chat")}
        </a>
      )}
    </>
  );
}

interface MatchesProps {
  whole: Whole;
  matches: readonly Match[];
  onDone: (whole: Whole) => void;
}

function Matches({ whole, matches, onDone }: MatchesProps) {
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const attach = async (id: string): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      onDone(await client.patch<Whole>(`/v1/requests/${whole.request.id}`, { visitor_id: id }));
    } catch (cause) {
      setFailure(explain(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="part" aria-labelledby="request-matches">
      <div class="part-head">
        <h2 id="request-matches">{t("requests.matches")}</h2>
        <p>{t("requests.matches_text")}</p>
      </div>
      <ul class="lines">
        {matches.map(({ id, name, email, last_seen_at: seen }) => (
          <li key={id}>
            <span class="line-main">
              <b dir="auto">{name ?? email}</b>
              <small>
                <bdi>{email}</bdi> · {day(seen, language.value)}
              </small>
            </span>
            <button
              type="button"
              class="button button-small"
              aria-disabled={busy}
              onClick={() => void attach(id)}
            >
              {t("requests.match_do")}
              <span class="spoken"> {name ?? email}</span>
            </button>
          </li>
        ))}
      </ul>
      {failure && (
        <p class="notice notice-danger" role="alert">
          {failure}
        </p>
      )}
    </section>
  );
}

function Timeline({ steps }: { steps: readonly Step[] }) {
  return (
    <section class="part" aria-labelledby="request-timeline">
      <div class="part-head">
        <h2 id="request-timeline">{t("requests.timeline")}</h2>
      </div>
      <ol class="timeline">
        {steps.map(({ number, state, actor_kind: kind, actor_name: name, at, notes }) => (
          <li key={number}>
            <b>{t(`requests.state_${state}`)}</b>
            <small>
              <time dateTime={at}>{full(at, language.value)}</time>
              {" · "}
              {kind === "operator" ? (name ?? t("operator.word")) : t(`requests.by_${kind}`)}
            </small>
            {notes.map((note) => (
              <p key={note} dir="auto">
                {note}
              </p>
            ))}
          </li>
        ))}
      </ol>
    </section>
  );
}
