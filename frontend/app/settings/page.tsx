/** The frame of a settings page: where one is, the title, one sentence on what it is for. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { administers } from "../account/session";
import { type Key, t } from "../i18n/words";
import { Icon, type IconName } from "../parts/icon";
import { route } from "../router/router";
import { href, type Route, type Section } from "../router/routes";

const PAGES: { section: Section; icon: IconName }[] = [
  { section: "general", icon: "settings" },
  { section: "site", icon: "globe" },
  { section: "chatbots", icon: "chat" },
  { section: "privacy", icon: "shield" },
  { section: "records", icon: "panel" },
  { section: "breaches", icon: "alert" },
  { section: "audit", icon: "eye" },
  { section: "team", icon: "team" },
  { section: "tokens", icon: "key" },
];

interface Props {
  title: string;
  lead: string;
  children: ComponentChildren;
  /** Beside the title. */
  action?: ComponentChildren;
}

export function SettingsPage({ title, lead, children, action }: Props) {
  return (
    <div class="settings">
      <Side />
      <main class="settings-main" id="main">
        <header class="settings-head">
          <h1 tabIndex={-1}>{title}</h1>
          {action}
          <p class="lead">{lead}</p>
        </header>
        {children}
      </main>
    </div>
  );
}

function Side() {
  const here = route.value;
  const side = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the entries stand in one row that is wider than the screen.
    const current = side.current?.querySelector("[aria-current=page]");
    current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [here]);
  const entry = (to: Route, key: Key, icon: IconName, current: boolean) => (
    <li>
      <a href={href(to)} aria-current={current ? "page" : undefined}>
        <Icon name={icon} size={18} />
        {t(key)}
      </a>
    </li>
  );
  return (
    <nav class="settings-side" ref={side} aria-label={t("settings.nav")}>
      {administers.value && (
        <>
          <h2>{t("settings.title")}</h2>
          <ul>
            {PAGES.map(({ section, icon }) =>
              entry(
                { page: "settings", section, site: null },
                `settings.${section}`,
                icon,
                here.page === "settings" && here.section === section,
              ),
            )}
          </ul>
        </>
      )}
      <h2>{t("settings.you")}</h2>
      <ul>{entry({ page: "profile" }, "profile.title", "person", here.page === "profile")}</ul>
    </nav>
  );
}

interface PartProps {
  title: string;
  text?: ComponentChildren;
  children: ComponentChildren;
  /** Of the title, which can then take the focus when what had it is gone. */
  id?: string;
}

/** One subject of a page. */
export function Part({ title, text, children, id }: PartProps) {
  return (
    <section class="part">
      <div class="part-head">
        <h2 {...(id ? { id, tabIndex: -1 } : {})}>{title}</h2>
        {text && <p>{text}</p>}
      </div>
      <div class="part-body">{children}</div>
    </section>
  );
}
