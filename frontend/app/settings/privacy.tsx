/** The account's privacy at a glance: what is done, what is open, and the papers that go with it. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { List } from "../../shared/types";
import { has, language, t } from "../i18n/words";
import { Copyable } from "../parts/copy";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { Erasures } from "../privacy/erasures";
import { KeptAfterwards } from "../privacy/kept";
import type { CheckItem } from "../privacy/legal-shapes";
import { RestrictedPeople } from "../restriction/people";
import { Retention } from "../retention/retention";
import { client } from "../store/client";
import { Agreement } from "./agreement";
import { LanguageChoice, primary } from "./languages";
import { Part, SettingsPage } from "./page";
import { Subprocessors } from "./subprocessors";

export function PrivacySettings() {
  const [items, setItems] = useState<readonly CheckItem[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const load = useCallback(() => {
    client
      .get<List<CheckItem>>("/v1/privacy/checklist")
      .then((list) => setItems(list.items))
      .catch(setFailure);
  }, []);
  useEffect(load, [load]);
  return (
    <SettingsPage title={t("settings.privacy")} lead={t("privacypage.lead")}>
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {items && (
        <Part title={t("checklist.title")} text={<State items={items} />}>
          <Checklist items={items} />
          <a class="button" href="/gdpr" target="_blank" rel="noopener">
            {t("checklist.gdpr")}
            <Icon name="open" size={16} />
          </a>
        </Part>
      )}
      <Part title={t("dpa.title")} text={t("dpa.lead")}>
        <Agreement onSigned={load} />
      </Part>
      <Part title={t("erasures.title")} text={t("erasures.lead")}>
        <Erasures />
      </Part>
      <Part title={t("kept.title")} text={t("kept.text")}>
        <KeptAfterwards />
      </Part>
      <RestrictedPeople />
      <Retention />
      <Subprocessors />
      <Part title={t("paragraph.title")} text={t("paragraph.lead")}>
        <Paragraph />
      </Part>
    </SettingsPage>
  );
}

function State({ items }: { items: readonly CheckItem[] }) {
  const open = items.filter(({ done }) => !done).length;
  return <>{open === 0 ? t("checklist.all_done") : t("checklist.open", { count: open })}</>;
}

function Checklist({ items }: { items: readonly CheckItem[] }) {
  return (
    <ul class="lines checklist">
      {items.map(({ id, article, done, applies, link }) => {
        const key = `checklist.${id}`;
        return (
          <li key={id} class={done ? "check-done" : ""}>
            <span class={done ? "check check-on" : "check"}>
              {done && <Icon name="check" size={14} />}
              <span class="spoken">{t(done ? "checklist.is_done" : "checklist.is_open")}</span>
            </span>
            <span class="line-main">
              <a href={link}>{has(key) ? t(key) : id}</a>
              <small>
                {t("checklist.article", { number: article.replace(/^Art\. /u, "") })}
                {!applies && ` · ${t("checklist.not_needed")}`}
              </small>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** What the account's own policy can say about this chat, as it is set now. */
function Paragraph() {
  const [spoken, setSpoken] = useState(primary(language.peek()));
  const [text, setText] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    let stale = false;
    client
      .get<{ text: string }>("/v1/legal/privacy-paragraph", { query: { language: spoken } })
      .then((paragraph) => {
        if (!stale) setText(paragraph.text);
      })
      .catch(setFailure);
    return () => {
      stale = true;
    };
  }, [spoken]);
  return (
    <>
      <LanguageChoice spoken={spoken} onSpoken={setSpoken} written={() => false} />
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {text !== null && <Copyable text={text} name={t("paragraph.title")} prose />}
    </>
  );
}
