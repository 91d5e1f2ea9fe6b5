/** The inbox: chats, conversation, person. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { justSignedUp } from "../account/session";
import { Conversation } from "../conversation/conversation";
import { t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { Person } from "../person/person";
import { chats, listings } from "../store/state";
import { hideOver, personIsOver, personShown, widths } from "./columns";
import { FirstSteps } from "./first-steps";
import { ChatList } from "./list";
import { openChat } from "./selection";
import { Splitter } from "./splitter";

export function Inbox() {
  const root = useRef<HTMLElement>(null);
  const chat = openChat.value;
  const person = personShown.value && chat !== null;

  useLayoutEffect(() => {
    root.current?.style.setProperty("--list-width", `${widths.list.value / 16}rem`);
    root.current?.style.setProperty("--person-width", `${widths.person.value / 16}rem`);
  }, [widths.list.value, widths.person.value]);
  useEffect(() => {
    hideOver();
    // Whoever answers has arrived; the steps come back only while there is no chat at all.
    if (chat) justSignedUp.value = false;
  }, [chat]);

  const classes = ["inbox", chat ? "inbox-open" : "inbox-list", person ? "inbox-person" : ""];
  return (
    <main ref={root} class={classes.join(" ").trim()}>
      <h1 tabIndex={-1} class="spoken">
        {t("inbox.title")}
      </h1>
      <ChatList />
      <Splitter column="list" name={t("columns.list")} controls="column-list" />
      <section class="column column-conversation" id="main" aria-label={t("conversation.column")}>
        {chat ? <Conversation key={chat} id={chat} /> : <NoChat />}
      </section>
      {person && (
        <>
          <Splitter column="person" name={t("columns.person")} controls="column-person" />
          {personIsOver.value && <div class="person-veil" onPointerDown={hideOver} />}
          <Person key={chat} chatId={chat} />
        </>
      )}
    </main>
  );
}

/** Nothing is open: what to do depends on whether there is anything at all. */
function NoChat() {
  void chats.version.value;
  const none = listings.open.value.loaded && chats.size === 0;
  if (justSignedUp.value || none) return <FirstSteps />;
  if (!listings.open.value.loaded && chats.size === 0) return null;
  return (
    <div class="blank">
      <Icon name="chat" size={32} />
      <h2>{t("inbox.pick")}</h2>
      <p class="for-keys">{t("inbox.pick_text")}</p>
    </div>
  );
}
