/** The narrow strip that leads everywhere: inbox, settings, oneself. */

import { saveOwn } from "../account/profile";
import { administers, me, operator, ownId } from "../account/session";
import { few, t } from "../i18n/words";
import { currentView } from "../inbox/selection";
import { Avatar } from "../parts/avatar";
import { Icon } from "../parts/icon";
import { Menu } from "../parts/menu";
import { counts } from "../requests/counts";
import { go, route } from "../router/router";
import { href } from "../router/routes";
import { chats } from "../store/state";
import { leaveApp } from "./leaving";
import { Mark } from "./mark";

export function Rail() {
  const { page } = route.value;
  const unread = chats.unread(ownId.value);
  return (
    <nav class="rail" aria-label={t("nav.label")}>
      <Mark small />
      <a
        class="rail-entry"
        href={href({ page: "inbox", view: currentView.value, chat: null })}
        aria-current={page === "inbox" ? "page" : undefined}
        title={t("inbox.title")}
      >
        <Icon name="inbox" size={22} />
        <span class="rail-word">{t("inbox.title")}</span>
        {unread > 0 && (
          <span class="rail-count">
            {few(unread)}
            <span class="spoken"> {t("list.unread", { count: unread })}</span>
          </span>
        )}
      </a>
      <a
        class="rail-entry"
        href={href({ page: "visitors" })}
        aria-current={page === "visitors" ? "page" : undefined}
        title={t("visitors.title")}
      >
        <Icon name="team" size={22} />
        <span class="rail-word">{t("visitors.title")}</span>
      </a>
      {administers.value && <RequestsEntry current={page === "requests"} />}
      <a
        class="rail-entry"
        href={administers.value ? "/app/settings/site" : "/app/profile"}
        aria-current={page === "settings" || page === "profile" ? "page" : undefined}
        title={t("settings.title")}
      >
        <Icon name="settings" size={22} />
        <span class="rail-word">{t("settings.title")}</span>
      </a>
      <span class="rail-space" />
      <Self />
    </nav>
  );
}

/** People's requests: what is open is counted, what is overdue in the colour of danger. */
function RequestsEntry({ current }: { current: boolean }) {
  const { open, overdue } = counts.value;
  return (
    <a
      class="rail-entry"
      href={href({ page: "requests", id: null })}
      aria-current={current ? "page" : undefined}
      title={t("requests.title")}
    >
      <Icon name="shield" size={22} />
      <span class="rail-word">{t("requests.rail")}</span>
      {open > 0 && (
        <span class={overdue > 0 ? "rail-count" : "rail-count rail-count-calm"}>
          {few(open)}
          <span class="spoken"> {t("requests.count", { count: open })}</span>
        </span>
      )}
    </a>
  );
}

function Self() {
  const self = operator.value;
  if (!self) return null;
  const online = self.availability === "online";
  const state = t(online ? "status.online" : "status.offline");
  return (
    <Menu
      side="above"
      name={t("status.menu", { name: self.name, state })}
      buttonClass="rail-self"
      head={
        <div class="menu-head">
          <b dir="auto">{self.name}</b>
          <small>{me.value?.account.company}</small>
        </div>
      }
      face={<Avatar id={self.id} name={self.name} online={online} />}
      choices={[
        {
          key: "online",
          label: <StatusText online />,
          checked: online,
          act: () => void saveOwn({ availability: "online" }),
        },
        {
          key: "offline",
          label: <StatusText online={false} />,
          checked: !online,
          act: () => void saveOwn({ availability: "offline" }),
        },
        { key: "profile", label: t("profile.title"), act: () => go({ page: "profile" }) },
        { key: "signout", label: t("signout"), act: () => void leaveApp() },
      ]}
    />
  );
}

function StatusText({ online }: { online: boolean }) {
  return (
    <span class="role">
      <b>
        <span class={online ? "dot dot-on" : "dot"} />{" "}
        {t(online ? "status.online" : "status.offline")}
      </b>
      <small>{t(online ? "status.online_text" : "status.offline_text")}</small>
    </span>
  );
}
