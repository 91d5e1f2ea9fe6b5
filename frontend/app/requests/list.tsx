/** All requests of people about their data: the most urgent first. */
import { useCallback, useState } from "preact/hooks";
import type { List } from "../../shared/types";
import { language, t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { day } from "../parts/when";
import { href } from "../router/routes";
import { client } from "../store/client";
import { usePages } from "../store/pages";
import { changes, counted, counts } from "./counts";
import { Due } from "./due";
import { EnterDialog } from "./enter";
import { FormAddress } from "./form-address";
import { shortNumber } from "./number";
import type { Listed } from "./shapes";

const FILTERS = ["open", "overdue", "closed"] as const;
type Filter = (typeof FILTERS)[number];

const QUERIES = {
  open: { state: "open" },
  overdue: { state: "open", due: "overdue" },
  closed: { state: "closed" },
} as const;

function useRequests(filter: Filter) {
  const seen = changes.value;
  const read = useCallback(
    (after: string | null, signal: AbortSignal) =>
      counted(() =>
        client.get<List<Listed> & { open: number; overdue: number }>("/v1/requests", {
          query: { ...QUERIES[filter], after },
          signal,
        }),
      ),
    // Whatever changes anywhere, the list is read anew.
    [filter, seen],
  );
  return usePages(read);
}

export function Requests() {
  const [filter, setFilter] = useState<Filter>("open");
  const [entering, setEntering] = useState(false);
  const { shown, again, more } = useRequests(filter);
  const { items, loaded, loading, failure, next } = shown;
  const empty = loaded && !loading && items.length === 0 && failure === null;
  return (
    <main class="settings-main requests" id="main">
      <header class="settings-head">
        <h1 tabIndex={-1}>{t("requests.title")}</h1>
        <span class="settings-actions">
          <button type="button" class="button" onClick={() => setEntering(true)}>
            <Icon name="plus" size={18} />
            {t("requests.enter")}
          </button>
        </span>
        <p class="lead">{t("requests.lead")}</p>
      </header>
      <div>
        <Filters filter={filter} onFilter={setFilter} />
      </div>
      {failure !== null && (
        <p class="notice notice-danger" role="alert">
          {explain(failure)}{" "}
          <button type="button" class="link" onClick={again}>
            {t("again")}
          </button>
        </p>
      )}
      {empty && <Empty filter={filter} />}
      <ul class="lines requests-list" aria-label={t("requests.title")} aria-busy={loading}>
        {items.map((request) => (
          <Line key={request.id} request={request} />
        ))}
      </ul>
      {next && (
        <button type="button" class="button" aria-disabled={loading} onClick={more}>
          {t(loading ? "loading" : "requests.more")}
        </button>
      )}
      <FormAddress />
      {entering && <EnterDialog onClose={() => setEntering(false)} />}
    </main>
  );
}

function Filters({ filter, onFilter }: { filter: Filter; onFilter: (to: Filter) => void }) {
  const { open, overdue } = counts.value;
  const count = { open, overdue, closed: 0 };
  return (
    <fieldset class="segments">
      <legend class="spoken">{t("requests.filter")}</legend>
      {FILTERS.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="filter"
            checked={filter === one}
            onChange={() => onFilter(one)}
          />
          <span>
            {t(`requests.filter_${one}`)}
            {count[one] > 0 && ` (${count[one]})`}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Empty({ filter }: { filter: Filter }) {
  if (filter === "closed") return <p class="requests-none">{t("requests.none_closed")}</p>;
  if (filter === "overdue") return <p class="requests-none">{t("requests.none_overdue")}</p>;
  return (
    <div class="requests-none">
      <Icon name="shield" size={32} />
      <h2>{t("requests.none_title")}</h2>
      <p>{t("requests.none_open")}</p>
    </div>
  );
}

function Line({ request }: { request: Listed }) {
  const { id, kind, state, who, received_at: at, via } = request;
  const name = who ?? t(state === "done" ? "requests.erased" : "requests.somebody");
  return (
    <li>
      <span class="line-main">
        <a href={href({ page: "requests", id })}>
          {t(`requests.kind_${kind}`)} · <span dir="auto">{name}</span>
        </a>
        <small>
          {t("requests.came", { date: day(at, language.value), via: t(`requests.via_${via}`) })}
          {" · "}
          {t("requests.short", { number: shortNumber(id) })}
        </small>
      </span>
      <span class="line-note">{t(`requests.state_${state}`)}</span>
      <Due request={request} />
    </li>
  );
}
