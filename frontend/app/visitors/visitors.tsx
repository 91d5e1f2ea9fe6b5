/** Everybody who wrote: found by words or by their answer, taken along or erased. */
import { useEffect, useState } from "preact/hooks";
import type { Visitor } from "../../shared/types";
import { administers } from "../account/session";
import { nameOf } from "../conversation/naming";
import { language, t } from "../i18n/words";
import { announce } from "../parts/announce";
import { Avatar } from "../parts/avatar";
import { useBusy } from "../parts/busy";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { Ago } from "../parts/time";
import { toast } from "../parts/toast";
import { day } from "../parts/when";
import { askToErase } from "../privacy/erasing";
import { keepFile } from "../privacy/files";
import { href } from "../router/routes";
import { type Answer, useVisitors } from "./listing";
import { fetchMailing } from "./mailing";

const ANSWERS: readonly Answer[] = ["any", "yes", "no", "none"];

export function Visitors() {
  const [query, setQuery] = useState("");
  const [answer, setAnswer] = useState<Answer>("any");
  const { listed, again, more } = useVisitors(query, answer);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { items, loaded, loading, failure, next } = listed;
  // What is no longer shown is no longer chosen: nobody erases what they do not see.
  const here = items.filter(({ id }) => chosen.has(id));
  const choose = (ids: readonly string[], on: boolean): void => {
    const now = new Set(here.map(({ id }) => id));
    for (const id of ids) on ? now.add(id) : now.delete(id);
    setChosen(now);
  };
  const found = t("visitors.found", { count: items.length });
  useEffect(() => {
    if (loaded && !loading && (query || answer !== "any")) announce(found);
  }, [loaded, loading, found]);
  return (
    <main class="settings-main visitors" id="main">
      <header class="settings-head">
        <h1 tabIndex={-1}>{t("visitors.title")}</h1>
        {administers.value && <MailingButton />}
        <p class="lead">{t("visitors.lead")}</p>
      </header>
      <div class="visitors-bar">
        <Search query={query} onQuery={setQuery} />
        <Filter answer={answer} onAnswer={setAnswer} />
      </div>
      {administers.value && items.length > 0 && (
        <Chosen all={items} chosen={here} onChoose={choose} onErased={again} />
      )}
      {failure !== null && (
        <p class="notice notice-danger" role="alert">
          {explain(failure)}{" "}
          <button type="button" class="link" onClick={again}>
            {t("again")}
          </button>
        </p>
      )}
      {loaded && items.length === 0 && !loading && failure === null && (
        <p class="visitors-none">
          {t(query.trim() || answer !== "any" ? "visitors.none_found" : "visitors.none")}
        </p>
      )}
      <ul class="lines visitors-list" aria-label={t("visitors.title")} aria-busy={loading}>
        {items.map((visitor) => (
          <Line
            key={visitor.id}
            visitor={visitor}
            chosen={chosen.has(visitor.id)}
            onChoose={(on) => choose([visitor.id], on)}
          />
        ))}
      </ul>
      {next && (
        <button type="button" class="button" aria-disabled={loading} onClick={more}>
          {t(loading ? "loading" : "visitors.more")}
        </button>
      )}
    </main>
  );
}

function Search({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  return (
    <search class="search">
      <Icon name="search" size={18} />
      <input
        type="search"
        value={query}
        aria-label={t("visitors.search")}
        placeholder={t("visitors.search")}
        autocomplete="off"
        enterKeyHint="search"
        onInput={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onQuery("");
        }}
      />
    </search>
  );
}

function Filter({ answer, onAnswer }: { answer: Answer; onAnswer: (answer: Answer) => void }) {
  return (
    <fieldset class="segments">
      <legend class="spoken">{t("marketing.title")}</legend>
      {ANSWERS.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="answer"
            checked={answer === one}
            onChange={() => onAnswer(one)}
          />
          <span>{t(`visitors.answer_${one}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface ChosenProps {
  all: readonly Visitor[];
  chosen: readonly Visitor[];
  onChoose: (ids: readonly string[], on: boolean) => void;
  onErased: () => void;
}

/** How many are chosen, and what can be done with them. */
function Chosen({ all, chosen, onChoose, onErased }: ChosenProps) {
  const count = chosen.length;
  const erase = (): void =>
    askToErase(
      chosen.map((visitor) => ({
        visitorId: visitor.id,
        chatId: visitor.chat_id,
        name: nameOf(visitor),
      })),
      onErased,
    );
  return (
    <div class="visitors-chosen">
      <label>
        <input
          type="checkbox"
          checked={count > 0 && count === all.length}
          ref={(box) => {
            if (box) box.indeterminate = count > 0 && count < all.length;
          }}
          onChange={(event) =>
            onChoose(
              all.map(({ id }) => id),
              event.currentTarget.checked,
            )
          }
        />
        {count > 0 ? t("visitors.chosen", { count }) : t("visitors.choose_all")}
      </label>
      {count > 0 && (
        <button type="button" class="button button-small button-quiet-danger" onClick={erase}>
          <Icon name="bin" size={16} />
          {t("privacy.erase")}
        </button>
      )}
    </div>
  );
}

interface LineProps {
  visitor: Visitor;
  chosen: boolean;
  onChoose: (on: boolean) => void;
}

function Line({ visitor, chosen, onChoose }: LineProps) {
  const { marketing, chat_id: chat } = visitor;
  const name = nameOf(visitor);
  return (
    <li>
      {administers.value && (
        <input
          type="checkbox"
          aria-label={t("visitors.choose", { name })}
          checked={chosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      )}
      <Avatar id={visitor.id} name={visitor.name} online={visitor.online} />
      <span class="line-main">
        {chat ? (
          <a href={href({ page: "inbox", view: "all", chat })} dir="auto">
            {name}
          </a>
        ) : (
          <b dir="auto">{name}</b>
        )}
        {visitor.email && visitor.email !== name && <small dir="auto">{visitor.email}</small>}
      </span>
      <span class="line-note visitors-answer">
        <span class={marketing.answer === "yes" ? "answer answer-yes" : "answer"}>
          <span class="spoken">{t("marketing.title")}: </span>
          {t(marketing.answer ? `marketing.${marketing.answer}` : "marketing.none")}
        </span>
        {marketing.answer && (
          <small>
            {t("marketing.since", { date: day(marketing.answered_at, language.value) })}
          </small>
        )}
      </span>
      <span class="line-note visitors-seen">
        <Ago at={visitor.last_seen_at} />
      </span>
    </li>
  );
}

/** Everybody who said yes, as a table; with the moment it holds for. */
function MailingButton() {
  const { busy, run } = useBusy();
  const make = (): Promise<void> =>
    run(async () => {
      const { name, text, count } = await fetchMailing();
      if (count > 0) keepFile(name, "text/csv;charset=utf-8", text);
      toast(t(count > 0 ? "visitors.mailing_done" : "visitors.mailing_none", { count }));
    });
  return (
    <span class="settings-actions">
      <button type="button" class="button" aria-disabled={busy} onClick={() => void make()}>
        <Icon name="mail" size={18} />
        {t(busy ? "loading" : "visitors.mailing")}
      </button>
    </span>
  );
}
