/** The stream of the account, into the store. */
import { signal } from "@preact/signals";
import { SharedStream } from "../../shared/shared-stream";
import type { StreamState } from "../../shared/stream";
import type {
  OperatorHello,
  OperatorSignals,
  StreamedEvent,
  VisitorCard,
} from "../../shared/types";
import { t } from "../i18n/words";
import { hush } from "../parts/announce";
import { toast } from "../parts/toast";
import { refreshCard } from "../person/cards";
import { mailingChanges } from "../records/mailing";
import { requestChanged } from "../requests/counts";
import { loadSettings, settings } from "../settings/account-settings";
import { client } from "./client";
import { type Erased, forgetErased, forgetHidden, mendMissed, showAgain } from "./forget";
import {
  deliver,
  fillGap,
  ignorePassing,
  loadChat,
  loadSites,
  loadTeam,
  refresh,
  settled,
} from "./load";
import { acknowledge, flush } from "./sending";
import { chats, setTyping, sites, team } from "./state";
import { inTurn } from "./turns";

export const connection = signal<StreamState>("connecting");

interface Listener {
  ownId: string;
  openChat: () => string | null;
  /** A message of a visitor, for those who cannot see it come. */
  onMessage: (event: StreamedEvent) => void;
  onEnded: () => void;
}

/** Follow what happens until the answer is called. */
export function follow(listener: Listener): () => void {
  let dropped = false;
  let away = false;
  const stream = new SharedStream({
    name: `chathaven.operator.${listener.ownId}`,
    url: "/v1/stream",
    lastId: null,
    onState: (state) => {
      connection.value = state;
    },
    onHello: (hello, resumed) => {
      greet(hello as OperatorHello);
      flush();
      if (away) void askAgain().catch(ignorePassing);
      away = true;
      if (resumed) {
        void mendMissed(listener.openChat()).catch(ignorePassing);
        return;
      }
      void refresh(listener.openChat(), { drop: dropped }).catch(ignorePassing);
      dropped = false;
    },
    onEvent: (event) => take(event, listener),
    onSignal: (kind, data) => hear(kind, data, listener),
    onReset: () => {
      dropped = true;
      return null;
    },
    onGap: ({ chat_id }) => void mend(chat_id).catch(ignorePassing),
    onEnded: listener.onEnded,
    snapshot: () => here(),
  });
  return () => stream.close();
}

/** Of changes that are no events, a stream that was away hears nothing. */
export async function askAgain(): Promise<void> {
  const what = ["operators", "sites", "settings", "requests"] as const;
  await Promise.all(what.map((one) => changed({ what: one, id: null })));
}

function greet(hello: OperatorHello): void {
  lately.clear();
  chats.online(new Set(hello.visitors_online));
  const present = new Map(hello.operators.map((one) => [one.id, one]));
  team.value = team.peek().map((member) => ({ ...member, ...present.get(member.id) }));
}

/** Who is there as this tab knows it, for a tab that joins later. */
function here(): OperatorHello {
  return {
    position: "0",
    operators: team.peek().map(({ id, present, availability }) => ({ id, present, availability })),
    visitors_online: chats.visitorsOnline(),
  };
}

async function mend(chatId: string): Promise<void> {
  await loadChat(chatId);
  await fillGap(chatId);
}

/** Take in an event of a chat that is not known, or not wholly: what is on its way may be older. */
export async function learn(event: StreamedEvent): Promise<void> {
  await settled();
  deliver(event.chat_id, event);
  if (!chats.apply(event)) await loadChat(event.chat_id);
}

function take(event: StreamedEvent, listener: Listener): void {
  acknowledge(event.id);
  deliver(event.chat_id, event);
  if (!chats.apply(event)) void learn(event).catch(ignorePassing);
  if (event.author.kind === "visitor") setTyping(event.chat_id, null);
  if (event.type === "message-deleted") hush(event.chat_id);
  if (event.type === "visitor-message") listener.onMessage(event);
}

function hear(kind: string, data: unknown, listener: Listener): void {
  if (kind === "typing") {
    const { chat_id, author } = data as OperatorSignals["typing"];
    if (author.id !== listener.ownId) setTyping(chat_id, author);
  } else if (kind === "read") {
    const { chat_id, ...marks } = data as OperatorSignals["read"];
    chats.read(chat_id, marks);
  } else if (kind === "presence") {
    void presence(data as Presence);
  } else if (kind === "erased") {
    forgetErased(data as Erased);
  } else if (kind === "hidden") {
    forgetHidden(data as Erased);
  } else if (kind === "shown") {
    void showAgain(data as Erased).catch(ignorePassing);
  } else if (kind === "changed") {
    void changed(data as OperatorSignals["changed"]).catch(ignorePassing);
  }
}

type Presence = OperatorSignals["presence"];

/** Who came or left while something was on its way that may have been read before. */
const lately = new Map<string, Presence>();

/** Somebody came or left; what is on its way may still say otherwise. */
export async function presence(heard: Presence): Promise<void> {
  showPresence(heard);
  lately.set(heard.id, heard);
  await settled();
  if (lately.get(heard.id) !== heard) return;
  lately.delete(heard.id);
  showPresence(heard);
}

function showPresence({ kind, id, online, availability }: Presence): void {
  if (kind === "visitor") {
    chats.visitor(id, { online });
    return;
  }
  team.value = team
    .peek()
    .map((member) =>
      member.id === id
        ? { ...member, present: online, availability: availability ?? member.availability }
        : member,
    );
}

/** Something is not as it was: fetch it, where it is shown. */
export async function changed({ what, id }: OperatorSignals["changed"]): Promise<void> {
  // An answer on its way may be from before the change, and of a chat that is not known yet.
  await settled();
  if (what === "operators") return loadTeam();
  if (what === "requests") return requestChanged();
  if (what === "breach-mailings") mailingChanges.value += 1;
  if (what === "breaches") toast(t("breach.toast"), { failed: true });
  if (what === "sites" && sites.peek()) return loadSites();
  if (what === "settings" && settings.peek()) return loadSettings();
  if (what === "chat" && id) return loadChat(id);
  if (what === "visitor" && id && chats.chatOf(id)) {
    const {
      last_seen_at: _seen,
      chat_id: _chat,
      merged_into: _into,
      merged: _merged,
      chats: _chats,
      ...visitor
    } = await inTurn(`visitor ${id}`, () => client.get<VisitorCard>(`/v1/visitors/${id}`));
    chats.visitor(id, visitor);
  }
  if (what === "visitor" && id) await refreshCard(id);
}
