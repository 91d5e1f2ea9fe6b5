/** The account's erasures: how far each has come, its receipts and its certificates. Never who. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { CertificateTexts } from "../../shared/certificate";
import type { List } from "../../shared/types";
import { has, language, t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { capital, day, full } from "../parts/when";
import { client } from "../store/client";
import { keepCertificates } from "./certificates";
import { type Erasure, isDone, isMoving } from "./shapes";
import { Gone } from "./stores";
import { Told, useTexts } from "./told";

const PAUSE = 2000;
const PAGE = 20;

/** Everything up to what is shown, asked for again while something moves. */
function useErasures() {
  const [shown, setShown] = useState(PAGE);
  const [items, setItems] = useState<readonly Erasure[] | null>(null);
  const [more, setMore] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const load = useCallback(() => {
    client
      .get<List<Erasure>>("/v1/erasures", { query: { limit: String(Math.min(shown, 200)) } })
      .then(({ items, next }) => {
        setItems(items);
        setMore(next !== null && shown < 200);
        setFailure(null);
      })
      .catch(setFailure);
  }, [shown]);
  useEffect(load, [load]);
  const moving = items?.some(isMoving) ?? false;
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(load, PAUSE);
    return () => clearInterval(timer);
  }, [moving, load]);
  return { items, failure, showMore: more ? () => setShown(shown + PAGE) : null };
}

export function Erasures() {
  const { items, failure, showMore } = useErasures();
  const said = useTexts(items?.some(({ certificate }) => certificate !== null) ?? false);
  return (
    <>
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {items?.length === 0 && <p class="field-hint">{t("erasures.none")}</p>}
      {items && items.length > 0 && (
        <ul class="lines erasures">
          {items.map((one) => (
            <Line key={one.id} erasure={one} said={said} />
          ))}
        </ul>
      )}
      <div class="person-acts">
        {showMore && (
          <button type="button" class="button" onClick={showMore}>
            {t("erasures.more")}
          </button>
        )}
        <a class="button" href="/verify" target="_blank" rel="noopener">
          {t("erasures.check")}
          <Icon name="open" size={16} />
        </a>
      </div>
    </>
  );
}

function Line({ erasure, said }: { erasure: Erasure; said: CertificateTexts | null }) {
  const { status, requested_at: at, asked_by: by, receipts } = erasure;
  const removed = receipts.reduce((sum, each) => sum + each.removed, 0);
  const asked = `erasures.by_${by}`;
  return (
    <li>
      <span class="line-main">
        <b>
          {at && (
            <time dateTime={at} title={full(at, language.value)}>
              {day(at, language.value)}
            </time>
          )}{" "}
          <span class={`pill erasure-${status}`}>{t(`erasures.${status}`)}</span>
        </b>
        <small>
          {has(asked) && capital(t(asked))}
          {isDone(erasure) && ` · ${t("erasures.removed", { count: removed })}`}
        </small>
        <Explained erasure={erasure} />
        {isDone(erasure) && (
          <details class="more">
            <summary>{t("erasures.receipts")}</summary>
            <Gone receipts={receipts} />
          </details>
        )}
        <Told erasure={erasure} said={said} />
      </span>
      {erasure.certificate && (
        <button
          type="button"
          class="button button-small"
          onClick={() => keepCertificates([erasure])}
        >
          <Icon name="download" size={16} />
          {t("erase.certificate", { count: erasure.final_certificate ? 2 : 1 })}
        </button>
      )}
    </li>
  );
}

/** What the status means for those who have to answer for it. */
function Explained({ erasure }: { erasure: Erasure }) {
  const { status, holds, final_at: final } = erasure;
  if (status === "waiting") {
    return (
      <>
        {holds.map(({ id, until }) => (
          <small key={id}>
            {until ? t("erasures.until", { date: day(until, language.value) }) : t("erase.waits")}
          </small>
        ))}
      </>
    );
  }
  if (status === "live") return <small>{t("erasures.soon_final")}</small>;
  if (status === "final" && final) {
    return <small>{t("erasures.is_final", { date: day(final, language.value) })}</small>;
  }
  return null;
}
