/** One line above every page while a sub-processor is announced that may be objected to. */
import { useEffect, useState } from "preact/hooks";
import { inBrowser } from "../../shared/kept";
import type { List } from "../../shared/types";
import { administers, ownId } from "../account/session";
import { language, t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { day } from "../parts/when";
import type { Subprocessor } from "../privacy/legal-shapes";
import { href } from "../router/routes";
import { client } from "../store/client";
import { ignorePassing } from "../store/load";

const kept = inBrowser("chathaven.announced.");

/** The announcement as this operator may have put it aside: a later one is another. */
const nameOf = (one: Subprocessor): string => `${ownId.peek()}.${one.id}.${one.in_force_from}`;

export function AnnouncedBar() {
  const [news, setNews] = useState<Subprocessor | null>(null);
  useEffect(() => {
    if (!administers.value) return;
    client
      .get<List<Subprocessor>>("/v1/legal/subprocessors")
      .then(({ items }) => {
        const open = items.filter(({ state }) => state === "announced");
        setNews(open.find((one) => kept.get(nameOf(one)) === null) ?? null);
      })
      .catch(ignorePassing);
  }, [administers.value]);
  if (!news) return null;
  const date = day(news.in_force_from, language.value);
  const seen = (): void => {
    kept.set(nameOf(news), "seen");
    setNews(null);
  };
  return (
    <aside class="announced" aria-label={t("subprocessors.title")}>
      <p>{t("subprocessors.news", { name: news.name, date })}</p>
      <a href={href({ page: "settings", section: "privacy", site: null })} onClick={seen}>
        {t("subprocessors.look")}
      </a>
      <button
        type="button"
        class="button-icon"
        aria-label={t("subprocessors.seen")}
        title={t("subprocessors.seen")}
        onClick={seen}
      >
        <Icon name="close" size={16} />
      </button>
    </aside>
  );
}
