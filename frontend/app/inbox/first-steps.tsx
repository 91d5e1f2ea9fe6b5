/** Before the first chat: try it, then put it on the own site. */
import { useEffect, useState } from "preact/hooks";
import { administers, justSignedUp, operator } from "../account/session";
import { t } from "../i18n/words";
import { Copyable } from "../parts/copy";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { ColorField } from "../settings/color";
import { saveSite } from "../settings/saving";
import { loadSites } from "../store/load";
import { sites } from "../store/state";

export function FirstSteps() {
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    if (!sites.peek()) loadSites().catch(setFailure);
  }, []);
  const site = sites.value?.[0];
  const name = operator.value?.display_name || operator.value?.name || "";
  const fresh = justSignedUp.value;
  return (
    <div class="first">
      <div class="first-inside">
        <h2>{fresh ? t("first.welcome", { name }) : t("first.none")}</h2>
        <p class="lead">{fresh ? t("first.lead") : t("first.none_lead")}</p>
        {failure !== null && !site && <p class="notice notice-danger">{explain(failure)}</p>}
        {site && (
          <ol class="steps">
            <li>
              <h3>{t("first.try")}</h3>
              <p>{t("first.try_text")}</p>
              <a
                class="button button-main"
                href={`/try/${site.key}`}
                target="_blank"
                rel="noopener"
              >
                {t("first.try_do")}
                <Icon name="open" size={16} />
              </a>
            </li>
            <li>
              <h3>{t("first.put")}</h3>
              <p>{t("first.put_text")}</p>
              <Copyable text={site.snippet} name={t("site.snippet")} />
              {administers.value && (
                <ColorField
                  value={site.appearance.color}
                  onChange={(color) => void saveSite(site.id, { appearance: { color } })}
                />
              )}
            </li>
          </ol>
        )}
        {site && administers.value && (
          <p class="first-more">
            <a href="/app/settings/site">{t("first.more")}</a>
          </p>
        )}
      </div>
    </div>
  );
}
