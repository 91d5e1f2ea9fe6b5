/** Settings of a site: what visitors see, where it may stand, and how it gets there. */
import { useEffect, useState } from "preact/hooks";
import type { Site } from "../../shared/types";
import { t } from "../i18n/words";
import { ask } from "../parts/dialog";
import { TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { Menu } from "../parts/menu";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { go } from "../router/router";
import { client } from "../store/client";
import { connection } from "../store/live";
import { loadSites } from "../store/load";
import { sites } from "../store/state";
import { inTurn } from "../store/turns";
import { Install } from "./install";
import { Look } from "./look";
import { NewSite } from "./new-site";
import { OriginList } from "./origin-list";
import { Part, SettingsPage } from "./page";
import { flushAll, flushSite, leaveSites, refused, saveSite } from "./saving";

export function SiteSettings({ siteId }: { siteId: string | null }) {
  const [failure, setFailure] = useState<unknown>(null);
  const [adding, setAdding] = useState(false);
  useEffect(() => {
    loadSites().catch(setFailure);
    const leave = (): void => flushAll(true);
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leaveSites();
    };
  }, []);
  const reached = connection.value === "open";
  useEffect(() => {
    if (reached) flushAll();
  }, [reached]);
  const known = sites.value;
  const site = known?.find((one) => one.id === siteId) ?? known?.[0];
  return (
    <SettingsPage
      title={t("settings.site")}
      lead={t("site.lead")}
      action={
        <span class="settings-actions">
          {site && known && known.length > 1 && <Chooser site={site} all={known} />}
          <button type="button" class="button" onClick={() => setAdding(true)}>
            <Icon name="plus" size={18} />
            {t("site.add")}
          </button>
        </span>
      }
    >
      {failure !== null && !site && <p class="notice notice-danger">{explain(failure)}</p>}
      {site && <Parts key={site.id} site={site} last={known?.length === 1} />}
      {adding && <NewSite onClose={() => setAdding(false)} />}
    </SettingsPage>
  );
}

function Chooser({ site, all }: { site: Site; all: readonly Site[] }) {
  return (
    <Menu
      name={t("site.choose", { name: site.name })}
      side="end"
      face={
        <>
          <span>{site.name}</span>
          <Icon name="down" size={14} />
        </>
      }
      choices={all.map((one) => ({
        key: one.id,
        label: one.name,
        checked: one.id === site.id,
        act: () => go({ page: "settings", section: "site", site: one.id }),
      }))}
    />
  );
}

function Parts({ site, last }: { site: Site; last: boolean }) {
  const wrong = refused.value.get(site.id) ?? {};
  const nameless = site.name.trim() ? undefined : t("wrong.empty");
  return (
    <>
      <Part title={t("site.look")} text={t("site.look_text")}>
        <Look site={site} />
      </Part>
      <Part title={t("site.install")} text={t("site.install_text")}>
        <Install site={site} />
      </Part>
      <Part title={t("origins.title")} text={t("origins.text")}>
        <OriginList site={site} />
      </Part>
      <Part title={t("site.name")} text={t("site.name_text")}>
        <TextField
          label={t("site.name")}
          name="name"
          value={site.name}
          maxLength={100}
          error={nameless ?? wrong.name}
          onInput={(name) => saveSite(site.id, { name })}
          onBlur={() => void flushSite(site.id)}
        />
      </Part>
      {!last && (
        <Part title={t("site.remove")} text={t("site.remove_text")}>
          <button
            type="button"
            class="button button-quiet-danger"
            onClick={() => void remove(site)}
          >
            <Icon name="bin" size={18} />
            {t("site.remove_do", { name: site.name })}
          </button>
        </Part>
      )}
    </>
  );
}

async function remove(site: Site): Promise<void> {
  const sure = await ask({
    title: t("site.remove_ask", { name: site.name }),
    text: t("site.remove_warning"),
    action: t("site.remove_do", { name: site.name }),
  });
  if (!sure) return;
  try {
    await inTurn("sites", () => client.del(`/v1/sites/${site.id}`));
    go({ page: "settings", section: "site", site: null }, { replace: true });
    await loadSites();
    toast(t("site.removed", { name: site.name }));
  } catch (cause) {
    toast(explain(cause), { failed: true });
  }
}
