/** The left column: views, search, chats. */
import { useCallback, useEffect, useRef } from "preact/hooks";
import { ownId } from "../account/session";
import { type Key, t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { href, VIEWS, type View } from "../router/routes";
import { connection } from "../store/live";
import { loadMore, loadView } from "../store/load";
import { chats, listings } from "../store/state";
import { Rows } from "./rows";
import { results, search, setQuery } from "./search";
import { currentView, openChat } from "./selection";
import { isWriting } from "./writing";

export function ChatList() {
  const view = currentView.value;
  const { query } = search.value;
  return (
    <section class="column column-list" id="column-list" aria-label={t("list.label")}>
      <header class="list-head">
        <SearchField />
        <Views />
      </header>
      {query.trim() ? <Found /> : <Listed key={view} view={view} />}
    </section>
  );
}

function Views() {
  const view = currentView.value;
  // A search goes through all chats, whichever view was shown before.
  const searching = search.value.query.trim() !== "";
  const chosen = useRef<HTMLAnchorElement>(null);
  useEffect(() => chosen.current?.scrollIntoView({ inline: "nearest", block: "nearest" }), [view]);
  return (
    <nav class="views" aria-label={t("views.label")}>
      {VIEWS.map((one) => (
        <a
          key={one}
          ref={one === view ? chosen : null}
          href={href({ page: "inbox", view: one, chat: openChat.value })}
          aria-current={one === view && !searching ? "true" : undefined}
          onClick={() => setQuery("")}
        >
          {t(`view.${one}` as Key)}
        </a>
      ))}
    </nav>
  );
}

function SearchField() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <search class="search">
      <Icon name="search" size={18} />
      <input
        ref={field}
        type="search"
        value={search.value.query}
        aria-label={t("search.label")}
        placeholder={t("search.placeholder")}
        autocomplete="off"
        enterKeyHint="search"
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            setQuery("");
            field.current?.blur();
          } else if (event.key === "ArrowDown") {
            event.preventDefault();
            document.querySelector<HTMLElement>(".rows a[tabindex='0']")?.focus();
          }
        }}
      />
    </search>
  );
}

function Listed({ view }: { view: View }) {
  const listing = listings[view].value;
  const state = connection.value;
  useEffect(() => {
    if (!listings[view].peek().loaded) void loadView(view);
  }, [view, state === "open"]);
  const more = useCallback(() => void loadMore(view), [view]);

  const ids = chats.list(view, ownId.value, listing.loaded ? listing.horizon : null);
  if (ids.length === 0) {
    if (listing.failure) return <Failure cause={listing.failure} again={() => loadView(view)} />;
    return listing.loaded ? <Empty view={view} /> : <Bones />;
  }
  const name = t(`view.${view}` as Key);
  const { loading, failure } = listing;
  return <Rows ids={ids} name={name} onEnd={more} busy={loading} failed={failure !== null} />;
}

function Found() {
  const { query, found, failure } = search.value;
  const ids = results();
  if (ids.length > 0) {
    return (
      <>
        <p class="list-count" role="status">
          {t("search.found", { count: ids.length })}
        </p>
        <Rows ids={ids} name={t("search.results")} onEnd={nothing} busy={found === null} />
      </>
    );
  }
  if (failure) return <Failure cause={failure} again={() => setQuery(query)} />;
  if (found === null) return <Bones />;
  return (
    <div class="list-empty" role="status">
      <p>{t("search.none", { query: query.trim() })}</p>
      <button type="button" class="button" onClick={() => setQuery("")}>
        {t("search.clear")}
      </button>
    </div>
  );
}

const nothing = (): void => undefined;

function Empty({ view }: { view: View }) {
  // In a new account nothing is "answered", and all chats are none.
  const none = chats.size === 0;
  return (
    <div class="list-empty">
      <p>{t(none ? "empty.all" : (`empty.${view}` as Key))}</p>
      {view !== "all" && !none && (
        <a href={href({ page: "inbox", view: "all", chat: openChat.value })}>
          {t("empty.all_link")}
        </a>
      )}
    </div>
  );
}

function Failure({ cause, again }: { cause: unknown; again: () => void }) {
  return (
    <div class="list-empty" role="alert">
      <p>{explain(cause)}</p>
      <button type="button" class="button" onClick={again}>
        {t("again")}
      </button>
    </div>
  );
}

function Bones() {
  return (
    <div class="rows bones" role="status" aria-label={t("loading")}>
      {[0, 1, 2, 3, 4, 5].map((one) => (
        <div key={one} class="row-bone">
          <i />
          <span>
            <b />
            <b />
          </span>
        </div>
      ))}
    </div>
  );
}
