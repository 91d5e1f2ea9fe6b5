/** Which page is in front, for whom, and what runs while somebody is signed in. */
import { useEffect, useRef } from "preact/hooks";
import { Closed } from "../account/closed";
import { Join, takeToken } from "../account/join";
import { Landing } from "../account/landing";
import { Profile } from "../account/profile";
import { administers, look, operator, ownId, phase } from "../account/session";
import { TermsDialog } from "../account/terms-due";
import { keepDraft } from "../conversation/drafts";
import { editing } from "../conversation/editing";
import { messageLine, nameOf } from "../conversation/naming";
import { forgetStaged } from "../conversation/staged";
import { stopLooking, Viewer } from "../conversation/viewer";
import { t } from "../i18n/words";
import { Inbox } from "../inbox/inbox";
import { setQuery } from "../inbox/search";
import { currentView, openChat } from "../inbox/selection";
import { Announcer, announce, hushAll } from "../parts/announce";
import { attended } from "../parts/attention";
import { Questions, stopAsking } from "../parts/dialog";
import { dismissToast, Toasts, toast } from "../parts/toast";
import { forgetCards } from "../person/cards";
import { EraseDialog, stopErasing } from "../privacy/erase-dialog";
import { AuditSettings } from "../records/audit";
import { BreachSettings } from "../records/breaches";
import { RecordSettings } from "../records/records";
import { loadCounts } from "../requests/counts";
import { Requests } from "../requests/list";
import { MarkDialog, stopMarking } from "../requests/mark";
import { Request } from "../requests/request";
import { go, route } from "../router/router";
import { forgetSettings } from "../settings/account-settings";
import { AnnouncedBar } from "../settings/announced";
import { ChatbotSettings } from "../settings/chatbots";
import { GeneralSettings } from "../settings/general";
import { PrivacySettings } from "../settings/privacy";
import { forgetSaving } from "../settings/saving";
import { SiteSettings } from "../settings/site";
import { TeamSettings } from "../settings/team";
import { TokenSettings } from "../settings/tokens";
import { startDeleting } from "../store/changes";
import { hiddenHere, onForget } from "../store/forget";
import { follow } from "../store/live";
import { ignorePassing, loadTeam, loadView } from "../store/load";
import { startSending } from "../store/sending";
import { chats, forgetAll } from "../store/state";
import { Visitors } from "../visitors/visitors";
import { NetworkBar } from "./network";
import { Rail } from "./rail";

export function App() {
  return (
    <>
      {/* Unseen, and below the page it would make it higher than the screen. */}
      <Announcer />
      <Pages />
      <Toasts />
      <Questions />
      <EraseDialog />
      <MarkDialog />
      <Viewer />
    </>
  );
}

function Pages() {
  const here = route.value;
  const token = useRef<string | null>(null);
  if (here.page === "join") {
    token.current ??= takeToken();
    return <Join token={token.current} />;
  }
  // For whoever has the address: the account it tells of is gone, and with it every session.
  if (here.page === "closed") return <Closed id={here.erasure} />;
  switch (phase.value) {
    case "unknown":
      return <div class="still" role="status" aria-label={t("loading")} />;
    case "unreachable":
      return <Unreachable />;
    case "out":
      return <Landing form={here.page === "landing" ? here.form : "sign-in"} />;
    case "in":
      return <SignedIn key={ownId.value} />;
  }
}

function Unreachable() {
  // The server comes back by itself; so does the page.
  useEffect(() => {
    const timer = setInterval(() => void look(), 5000);
    return () => clearInterval(timer);
  }, []);
  return (
    <main class="blank blank-page" id="main">
      <h1>{t("network.unreachable")}</h1>
      <p>{t("network.unreachable_text")}</p>
      <button type="button" class="button button-main" onClick={() => void look()}>
        {t("again")}
      </button>
    </main>
  );
}

function SignedIn() {
  useEffect(() => {
    const own = ownId.peek();
    const stopSending = startSending(() => operator.peek(), own);
    const stopFollowing = follow({
      ownId: own,
      openChat: () => openChat.peek(),
      onMessage: (message) => {
        const { chat_id } = message;
        const chat = chats.peek(chat_id);
        if (!chat) return;
        const seen = chat_id === openChat.peek() && attended.peek();
        const who = nameOf(chat.visitor);
        const text = seen
          ? t("said.here", { who, text: messageLine(message) })
          : t("said.elsewhere", { who });
        announce(text, { about: chat_id });
      },
      onEnded: () => void look(),
    });
    const stopDeleting = startDeleting();
    const stopForgetting = onForget((chatId) => {
      keepDraft(own, chatId, "");
      forgetStaged(chatId);
      if (editing.peek()?.chatId === chatId) editing.value = null;
    });
    void loadView("open");
    void loadTeam().catch(ignorePassing);
    void loadCounts().catch(ignorePassing);
    return () => {
      stopDeleting();
      closeDialogs();
      forgetStaged();
      forgetCards();
      setQuery("");
      editing.value = null;
      stopSending();
      stopFollowing();
      stopForgetting();
      forgetAll();
      forgetSettings();
      forgetSaving();
      hushAll();
    };
  }, []);
  useLeavingErased();
  useFocusOnPage();
  return (
    <div class="app">
      <button type="button" class="skip" onClick={skip}>
        {t("nav.skip")}
      </button>
      <Rail />
      <div class="app-page">
        <NetworkBar />
        <AnnouncedBar />
        <Page />
      </div>
      <TermsDialog />
    </div>
  );
}

/** Dialogs name people, and stand beside the page: without somebody who is signed in they go. */
function closeDialogs(): void {
  stopAsking();
  stopErasing();
  stopMarking();
  stopLooking();
  dismissToast();
}

function skip(): void {
  const main = document.getElementById("main");
  const target = main?.querySelector<HTMLElement>("h1, h2, textarea") ?? main;
  target?.focus();
}

function Page() {
  const here = route.value;
  const guarded = here.page === "settings" || here.page === "requests";
  const allowed = !guarded || administers.value;
  useEffect(() => {
    if (here.page === "landing") go({ page: "inbox", view: "open", chat: null }, { replace: true });
    if (!allowed) go({ page: "profile" }, { replace: true });
  }, [here, allowed]);
  if (here.page === "inbox") return <Inbox />;
  if (here.page === "visitors") return <Visitors />;
  if (here.page === "requests" && allowed) {
    return here.id ? <Request key={here.id} id={here.id} /> : <Requests />;
  }
  if (here.page === "profile") return <Profile />;
  if (here.page === "settings" && allowed) {
    if (here.section === "team") return <TeamSettings />;
    if (here.section === "tokens") return <TokenSettings />;
    if (here.section === "general") return <GeneralSettings />;
    if (here.section === "privacy") return <PrivacySettings />;
    if (here.section === "records") return <RecordSettings />;
    if (here.section === "breaches") return <BreachSettings chosen={here.breach ?? null} />;
    if (here.section === "audit") return <AuditSettings />;
    if (here.section === "chatbots") return <ChatbotSettings />;
    return <SiteSettings siteId={here.site} />;
  }
  if (here.page !== "missing") return null;
  return (
    <main class="blank" id="main">
      <h1 tabIndex={-1}>{t("missing.title")}</h1>
      <p>{t("missing.text")}</p>
      <a class="button button-main" href="/app">
        {t("missing.back")}
      </a>
    </main>
  );
}

/** A chat that was erased is not in front any more, whoever erased it. */
function useLeavingErased(): void {
  const here = openChat.value;
  const erased = here !== null && chats.erased(here);
  useEffect(() => {
    if (!erased) return;
    go({ page: "inbox", view: currentView.peek(), chat: null }, { replace: true });
    // Whoever has just done it reads what they did, not that it was done.
    if (!hiddenHere(here)) toast(t(chats.hidden(here) ? "restriction.closed" : "erase.closed"));
    requestAnimationFrame(() => {
      // What was pressed went with the chat.
      if (document.activeElement !== document.body) return;
      document.querySelector<HTMLElement>("main h1, h1")?.focus({ preventScroll: true });
    });
  }, [erased]);
}

/** After a change of page the focus is at its title, as it would be after a page load. */
function useFocusOnPage(): void {
  const here = route.value;
  const name =
    here.page === "settings"
      ? `settings ${here.section}`
      : here.page === "requests" && here.id
        ? "request"
        : here.page;
  const before = useRef(name);
  useEffect(() => {
    if (before.current === name) return;
    before.current = name;
    document.querySelector<HTMLElement>("main h1, h1")?.focus({ preventScroll: true });
  }, [name]);
}
