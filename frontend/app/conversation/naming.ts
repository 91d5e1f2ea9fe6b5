/** How people and events are called on the screen. */
import type { Chat, ChatEvent, ChatVisitor } from "../../shared/types";
import { has, type Key, t } from "../i18n/words";
import type { IconName } from "../parts/icon";
import { iconOf } from "./files";

/** The name, else the e-mail, else "Visitor" with a mark that tells nameless ones apart. */
export function nameOf(visitor: Pick<ChatVisitor, "id" | "name" | "email">): string {
  return visitor.name || visitor.email || t("visitor.nameless", { mark: markOf(visitor.id) });
}

/** Four letters that stay with a person. The end of an id is its random part. */
const markOf = (id: string): string => id.replaceAll("-", "").slice(-4).toUpperCase();

/** One sentence for an event that is no message. */
export function noteOf(event: ChatEvent, ownId: string): string {
  const { author, params } = event;
  const mine = author.kind === "operator" && author.id === ownId;
  const who = mine ? t("conversation.you") : (author.name ?? "");
  const say = (key: Key, more: Record<string, string> = {}): string =>
    t(who ? key : (`${key}_anon` as Key), { who, ...more });
  switch (event.type) {
    case "chat-closed":
      return mine ? t("event.closed_you") : say("event.closed");
    case "chat-reopened":
      return mine ? t("event.reopened_you") : say("event.reopened");
    case "chat-assigned":
      return assignment(event, ownId);
    case "visitor-updated":
      return updated(event, mine, who);
    default:
      return params.text ?? "";
  }
}

function assignment({ author, params }: ChatEvent, ownId: string): string {
  const to = params.operator_name ?? "";
  const by = author.kind === "operator" ? (author.name ?? "") : "";
  if (!params.operator_id) return t("event.unassigned");
  if (params.operator_id === ownId) {
    return author.id === ownId ? t("event.taken_you") : t("event.assigned_you", { who: by });
  }
  return author.id === params.operator_id
    ? t("event.taken", { who: to })
    : t("event.assigned", { who: to });
}

/** In the order of the person column. */
const FIELDS = ["name", "email", "phone"];

function updated({ author, params }: ChatEvent, mine: boolean, who: string): string {
  const given = params.fields ?? [];
  const fields = FIELDS.filter((field) => given.includes(field))
    .map((field) => `person.${field}`)
    .filter(has)
    .map((key) => t(key));
  const what = new Intl.ListFormat(document.documentElement.lang || "en").format(fields);
  if (author.kind === "visitor") return t("event.gave", { what });
  return mine ? t("event.changed_you", { what }) : t("event.changed", { who, what });
}

export interface LastLine {
  text: string;
  /** What stands before the name of a file. */
  icon: IconName | null;
}

/** What a message says in one line: its text, the name of its file, or that it was deleted. */
export function messageLine({ params }: ChatEvent): string {
  if (params.deleted_at) return t("message.gone");
  return params.text?.replaceAll(/\s+/gu, " ").trim() || params.file?.name || "";
}

/** The last line of a chat, as the list shows it. */
export function lastLine(chat: Chat, ownId: string): LastLine {
  const event = chat.last_event;
  if (!event) return { text: t("list.nothing_yet"), icon: null };
  if (!event.type.endsWith("-message")) return { text: noteOf(event, ownId), icon: null };
  const text = messageLine(event);
  const icon = event.params.file ? iconOf(event.params.file) : null;
  if (event.author.kind === "visitor") return { text, icon };
  const who = event.author.id === ownId ? t("list.you") : event.author.name;
  return { text: who ? t("list.said", { who, text }) : text, icon };
}
