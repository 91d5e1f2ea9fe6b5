/** The right column: who the visitor is, and where they write from. */
import { useEffect, useRef } from "preact/hooks";
import type { Chat, ChatVisitor } from "../../shared/types";
import { nameOf } from "../conversation/naming";
import { language, t } from "../i18n/words";
import { hideOver, personIsOver, togglePerson } from "../inbox/columns";
import { Avatar } from "../parts/avatar";
import { Icon } from "../parts/icon";
import { Ago } from "../parts/time";
import { full } from "../parts/when";
import { chats, sites } from "../store/state";
import { PersonField } from "./field";
import { PersonPrivacy } from "./privacy";
import { Together } from "./together";

export function Person({ chatId }: { chatId: string }) {
  void chats.version.value;
  const chat = chats.get(chatId);
  const column = useRef<HTMLElement>(null);
  const over = personIsOver.value;
  useEffect(() => {
    if (!over) return;
    const before = document.activeElement;
    column.current?.querySelector<HTMLElement>("button")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [over]);
  return (
    <section
      ref={column}
      class="column column-person"
      id="column-person"
      aria-label={t("person.label")}
      onKeyDown={(event) => {
        // In a dialog, Esc closes that alone.
        const within = event.target instanceof Element && event.target.closest("dialog");
        if (event.key === "Escape" && over && !within) hideOver();
      }}
    >
      <header class="person-head">
        <h2>{t("person.label")}</h2>
        <button
          type="button"
          class="button-icon"
          aria-label={t("person.hide")}
          title={t("person.hide")}
          onClick={togglePerson}
        >
          <Icon name="close" />
        </button>
      </header>
      {chat && <Card key={chat.visitor.id} chat={chat} />}
    </section>
  );
}

function Card({ chat }: { chat: Chat }) {
  const { visitor } = chat;
  const site =
    (sites.value?.length ?? 0) > 1 ? sites.value?.find((one) => one.id === chat.site_id) : null;
  return (
    <div class="person-inside">
      <div class="person-top">
        <Avatar id={visitor.id} name={visitor.name} size="l" online={visitor.online} />
        <div>
          <p class="person-name" dir="auto">
            {nameOf(visitor)}
          </p>
          <p class={visitor.online ? "person-state person-online" : "person-state"}>
            {visitor.online ? t("visitor.online") : t("visitor.offline")}
          </p>
        </div>
      </div>
      <section class="person-part" aria-labelledby="person-contact">
        <h3 id="person-contact">{t("person.contact")}</h3>
        <PersonField visitor={visitor} field="name" />
        <PersonField visitor={visitor} field="email" />
        <PersonField visitor={visitor} field="phone" />
      </section>
      <section class="person-part" aria-labelledby="person-visit">
        <h3 id="person-visit">{t("person.visit")}</h3>
        <dl class="facts">
          {site && <Fact name={t("person.site")} value={site.name} />}
          <Page url={visitor.page_url} />
          <Fact name={t("person.language")} value={languageName(visitor.language)} />
          <Fact name={t("person.browser")} value={browserName(visitor)} />
          <div>
            <dt>{t("person.since")}</dt>
            <dd title={full(visitor.created_at, language.value)}>
              <Ago at={visitor.created_at} />
            </dd>
          </div>
        </dl>
      </section>
      <Together visitor={visitor} chatId={chat.id} />
      <PersonPrivacy visitor={visitor} chatId={chat.id} />
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string | null }) {
  if (!value) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </div>
  );
}

/** Where the visitor was when the chat began. Only web addresses become links. */
function Page({ url }: { url: string | null }) {
  if (!url) return null;
  const parsed = URL.parse(url);
  const safe = parsed && (parsed.protocol === "https:" || parsed.protocol === "http:");
  return (
    <div>
      <dt>{t("person.page")}</dt>
      <dd>
        {safe ? (
          <a
            href={parsed.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            title={url}
            dir="ltr"
          >
            {parsed.host}
            {parsed.pathname === "/" ? "" : parsed.pathname}
          </a>
        ) : (
          url
        )}
      </dd>
    </div>
  );
}

function languageName(code: string | null): string | null {
  if (!code) return null;
  try {
    return new Intl.DisplayNames([language.value], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function browserName({ browser, os }: ChatVisitor): string | null {
  if (browser && os) return t("person.browser_on", { browser, os });
  return browser || os;
}
