/** Above the messages: who it is, who has it, and what can be done with the chat. */
import type { Chat } from "../../shared/types";
import { administers, ownId } from "../account/session";
import { t } from "../i18n/words";
import { personShown, togglePerson } from "../inbox/columns";
import { currentView } from "../inbox/selection";
import { Avatar } from "../parts/avatar";
import { Icon } from "../parts/icon";
import { type Choice, Menu } from "../parts/menu";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { askToErase } from "../privacy/erasing";
import { fetchFile } from "../privacy/files";
import { href } from "../router/routes";
import { changeChat } from "../store/actions";
import { team } from "../store/state";
import { nameOf } from "./naming";

const failed = (cause: unknown): void => toast(explain(cause), { failed: true });

/** Close or reopen, with the way back. */
export async function setStage(chat: Chat, stage: Chat["stage"], quiet = false): Promise<void> {
  try {
    await changeChat(chat.id, { stage });
    if (quiet) return;
    const undo = (): void =>
      void setStage(chat, stage === "closed" ? "open" : "closed", true).catch(failed);
    const name = nameOf(chat.visitor);
    toast(t(stage === "closed" ? "chat.closed" : "chat.reopened", { name }), { undo });
  } catch (cause) {
    failed(cause);
  }
}

async function assign(chat: Chat, assignee: Chat["assignee"]): Promise<void> {
  const before = chat.assignee;
  try {
    await changeChat(chat.id, { assignee });
    toast(
      assignee
        ? t(assignee.id === ownId.peek() ? "chat.assigned_me" : "chat.assigned", {
            who: assignee.name,
          })
        : t("chat.unassigned"),
      { undo: () => void changeChat(chat.id, { assignee: before }).catch(failed) },
    );
  } catch (cause) {
    failed(cause);
  }
}

export function Head({ chat }: { chat: Chat }) {
  const { visitor } = chat;
  const closed = chat.stage === "closed";
  return (
    <header class="conversation-head">
      <a
        class="button-icon only-narrow"
        href={href({ page: "inbox", view: currentView.value, chat: null })}
        aria-label={t("conversation.back")}
      >
        <Icon name="back" />
      </a>
      <Avatar id={visitor.id} name={visitor.name} size="m" online={visitor.online} />
      <div class="conversation-who">
        <h2 tabIndex={-1} dir="auto">
          {nameOf(visitor)}
        </h2>
        <p>
          {visitor.online ? t("visitor.online") : t("visitor.offline")}
          {closed && ` · ${t("chat.is_closed")}`}
        </p>
      </div>
      <Assign chat={chat} />
      <button
        type="button"
        class="button button-fold"
        onClick={() => void setStage(chat, closed ? "open" : "closed")}
      >
        <Icon name={closed ? "reopen" : "check"} size={18} />
        <span class="fold">{closed ? t("chat.reopen") : t("chat.close")}</span>
      </button>
      <button
        type="button"
        class="button-icon"
        aria-pressed={personShown.value}
        aria-label={t("person.toggle")}
        title={t("person.toggle")}
        onClick={togglePerson}
      >
        <Icon name="panel" />
      </button>
      {administers.value && <More chat={chat} />}
    </header>
  );
}

/** What only those in charge may do. */
function More({ chat }: { chat: Chat }) {
  const { visitor } = chat;
  const subject = { visitorId: visitor.id, chatId: chat.id, name: nameOf(visitor) };
  return (
    <Menu
      side="end"
      name={t("chat.more")}
      buttonClass="button-icon"
      face={<Icon name="dots" />}
      choices={[
        {
          key: "export",
          label: t("chat.export"),
          act: () => fetchFile(`/v1/chats/${chat.id}/export`),
        },
        {
          key: "export-files",
          label: t("chat.export_files"),
          act: () => fetchFile(`/v1/chats/${chat.id}/export?files=true`),
        },
        { key: "erase", label: t("erase.do"), act: () => askToErase([subject]) },
      ]}
    />
  );
}

function Assign({ chat }: { chat: Chat }) {
  const { assignee } = chat;
  const self = ownId.value;
  const others = team.value.filter((member) => member.id !== self);
  const me = team.value.find((member) => member.id === self);
  const choices: Choice[] = [
    {
      key: self,
      label: t("assign.me"),
      checked: assignee?.id === self,
      act: () => void assign(chat, { id: self, name: me?.display_name || me?.name || "" }),
    },
    ...others.map((member) => ({
      key: member.id,
      label: (
        <>
          <span class={member.present ? "dot dot-on" : "dot"} />{" "}
          {member.display_name || member.name}
          <span class="spoken">
            {", "}
            {t(member.present ? "operator.online" : "operator.offline")}
          </span>
        </>
      ),
      checked: assignee?.id === member.id,
      act: () => void assign(chat, { id: member.id, name: member.display_name || member.name }),
    })),
    {
      key: "nobody",
      label: t("assign.nobody"),
      checked: assignee === null,
      act: () => void assign(chat, null),
    },
  ];
  const shown = assignee
    ? assignee.id === self
      ? t("assign.is_me")
      : assignee.name
    : t("assign.is_nobody");
  return (
    <Menu
      side="end"
      name={t("assign.name", { who: shown })}
      buttonClass="button button-fold"
      choices={choices}
      face={
        <>
          {assignee ? (
            <Avatar id={assignee.id} name={assignee.name} size="s" />
          ) : (
            <Icon name="person" size={18} />
          )}
          <span class="fold">{shown}</span>
          <span class="fold">
            <Icon name="down" size={14} />
          </span>
        </>
      }
    />
  );
}
