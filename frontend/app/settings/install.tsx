/** How the widget gets onto a page, and what a strict page has to allow. */
import type { Site } from "../../shared/types";
import { t } from "../i18n/words";
import { Copyable } from "../parts/copy";
import { Icon } from "../parts/icon";

/** The origin that the snippet loads from: ours, as the server knows it. */
export function originIn(snippet: string): string {
  const address = /src="([^"]+)"/u.exec(snippet)?.[1];
  return address && URL.canParse(address) ? new URL(address).origin : location.origin;
}

export function Install({ site }: { site: Site }) {
  const origin = originIn(site.snippet);
  return (
    <>
      <Copyable text={site.snippet} name={t("site.snippet")} />
      <p>
        <a class="button" href={`/try/${site.key}`} target="_blank" rel="noopener">
          {t("first.try_do")}
          <Icon name="open" size={16} />
        </a>
      </p>
      <details class="more">
        <summary>{t("csp.title")}</summary>
        <p>{t("csp.text")}</p>
        <Copyable text={`script-src ${origin};\nframe-src ${origin};`} name={t("csp.title")} />
        <p>{t("csp.inline")}</p>
      </details>
    </>
  );
}
