/** One chat in the list: who, the last line, when, unread, and who has it. */
import { memo } from "preact/compat";
import type { Chat } from "../../shared/types";
import { ownId } from "../account/session";
import { lastLine, nameOf } from "../conversation/naming";
import { few, t } from "../i18n/words";
import { Avatar } from "../parts/avatar";
import { Icon } from "../parts/icon";
import { Ago } from "../parts/time";
import { href } from "../router/routes";
import { ignorePassing, loadNewest } from "../store/load";
import { chats, typing } from "../store/state";
import { currentView, open } from "./selection";

interface Props {
  id: string;
  at: number;
  count: number;
  selected: boolean;
  /** The one row that the Tab key reaches. */
  reachable: boolean;
}

/** How long the pointer rests on a row before it is fetched ahead. */
const REST = 60;
let resting: ReturnType<typeof setTimeout> | undefined;

export const prefetch = (id: string): void => void loadNewest(id).catch(ignorePassing);

export const ChatRow = memo(function ChatRow({ id, at, count, selected, reachable }: Props) {
  const chat = chats.get(id);
  if (!chat) return null;
  const { visitor, assignee, unread } = chat;
  const writes = typing.value.get(id)?.author.kind === "visitor";
  const foreign = assignee && assignee.id !== ownId.value;
  return (
    <li class="row-place" aria-setsize={count} aria-posinset={at + 1}>
      <a
        class={`row${selected ? " row-selected" : ""}${unread ? " row-unread" : ""}`}
        href={href({ page: "inbox", view: currentView.value, chat: id })}
        data-chat={id}
        tabIndex={reachable ? 0 : -1}
        aria-current={selected ? "page" : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          open(id, { write: true });
        }}
        onPointerEnter={() => {
          clearTimeout(resting);
          resting = setTimeout(() => prefetch(id), REST);
        }}
        onPointerLeave={() => clearTimeout(resting)}
        onFocus={() => prefetch(id)}
      >
        <Avatar id={visitor.id} name={visitor.name} online={visitor.online} />
        <span class="row-top">
          <span class="row-name" dir="auto">
            {nameOf(visitor)}
          </span>
          {visitor.online && <span class="spoken">, {t("visitor.online")}</span>}
          <Ago at={chat.updated_at} />
        </span>
        <span class="row-line">
          <span class={writes ? "row-text row-writes" : "row-text"} dir="auto">
            {writes ? t("list.types") : <Last chat={chat} />}
          </span>
          {chat.stage === "closed" && (
            <span class="row-mark" title={t("chat.is_closed")}>
              <Icon name="check" size={14} />
              <span class="spoken">{t("chat.is_closed")}</span>
            </span>
          )}
          {foreign && (
            <span class="row-mark" title={t("list.has", { who: assignee.name })}>
              <Avatar id={assignee.id} name={assignee.name} size="s" />
              <span class="spoken">{t("list.has", { who: assignee.name })}</span>
            </span>
          )}
          {unread > 0 && (
            <span class="count">
              {few(unread)}
              <span class="spoken"> {t("list.unread", { count: unread })}</span>
            </span>
          )}
        </span>
      </a>
    </li>
  );
});

/** The last line; before the name of a file stands its sign. */
function Last({ chat }: { chat: Chat }) {
  const { text, icon } = lastLine(chat, ownId.value);
  if (!icon) return <>{text}</>;
  return (
    <>
      <Icon name={icon} size={14} /> {text}
    </>
  );
}
