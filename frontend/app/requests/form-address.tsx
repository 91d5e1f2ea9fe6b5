/** Where people who are no visitors ask: the address of the public form of each site. */
import { useEffect } from "preact/hooks";
import { t } from "../i18n/words";
import { Copyable } from "../parts/copy";
import { ignorePassing, loadSites } from "../store/load";
import { sites } from "../store/state";

export function FormAddress() {
  const known = sites.value;
  useEffect(() => {
    if (!known) void loadSites().catch(ignorePassing);
  }, []);
  if (!known?.length) return null;
  return (
    <section class="part requests-form">
      <div class="part-head">
        <h2>{t("requests.form")}</h2>
        <p>{t("requests.form_text")}</p>
      </div>
      <div class="part-body">
        {known.map(({ id, key, name }) => (
          <Copyable
            key={id}
            text={`${location.origin}/rights/${key}`}
            name={`${t("requests.form")} ${name}`}
          />
        ))}
      </div>
    </section>
  );
}
