/** The messages of one chat: scrolled, grouped, marked as read when they are. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Chat, ChatEvent } from "../../shared/types";
import { operator, ownId } from "../account/session";
import { language, t } from "../i18n/words";
import { attended } from "../parts/attention";
import { Icon } from "../parts/icon";
import { dayLine, now } from "../parts/when";
import { markRead } from "../store/actions";
import { ignorePassing, loadOlder } from "../store/load";
import { reachesStart } from "../store/log";
import { chatOf, outgoing } from "../store/sending";
import { logOf, typing } from "../store/state";
import { BubbleGroup } from "./bubbles";
import { nameOf, noteOf } from "./naming";
import { useScrolling } from "./scrolling";
import { type Outgoing, type Row, seenId, timeline } from "./timeline";

interface Props {
  chat: Chat;
  onEdit: (text: string) => void;
}

export function Messages({ chat, onEdit }: Props) {
  const log = logOf(chat.id).value;
  const self = ownId.value;
  const box = useRef<HTMLElement>(null);
  const looked = attended.value;
  const last = log.run.at(-1);
  const unreadAfter = useUnreadLine(chat, looked, last?.seq);
  const mine = onItsWay(chat.id, log.ahead, self);

  const rows = useMemo(
    () =>
      timeline({
        events: log.run,
        outgoing: mine,
        self: { kind: "operator", id: self, name: operator.peek()?.name ?? null },
        unreadAfter,
      }),
    [log.run, mine.map((one) => one.id + one.state).join(), self, unreadAfter],
  );
  const early = useCallback(() => void loadOlder(chat.id).catch(ignorePassing), [chat.id]);
  const { atEnd, toEnd } = useScrolling(box, {
    first: log.run[0]?.seq,
    ready: log.loaded,
    onEarly: early,
  });

  useEffect(() => {
    if (atEnd && looked && last) void markRead(chat.id, last.seq);
  }, [atEnd, looked, last?.seq, chat.id]);
  // Whoever has just written wants to see it.
  useEffect(() => {
    if (mine.length > 0) toEnd();
  }, [mine.at(-1)?.id]);

  const newBelow = useNewBelow(log.run, atEnd);
  return (
    <div class="messages" data-menus-within>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="messages-scroll" ref={box} tabIndex={0} aria-label={t("conversation.label")}>
        <div class="messages-inside">
          {reachesStart(log) ? null : <div class="messages-more">{t("conversation.older")}</div>}
          {rows.map((row) => (
            <RowView
              key={row.key}
              chatId={chat.id}
              row={row}
              seen={seenId(log.run, chat.visitor_read_seq)}
              onEdit={onEdit}
            />
          ))}
          <TypingLine chat={chat} />
        </div>
      </section>
      {!atEnd && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" size={16} />
          {newBelow > 0 ? t("conversation.new_below", { count: newBelow }) : t("conversation.end")}
        </button>
      )}
    </div>
  );
}

const isOurs = ({ type, params }: ChatEvent): boolean =>
  type === "operator-message" && Boolean(params.text || params.file);

/** Own messages that the run does not have: in the outbox, or acknowledged and ahead of a gap. */
function onItsWay(chatId: string, ahead: readonly ChatEvent[], self: string): Outgoing[] {
  const waiting = outgoing.value
    .filter((item) => chatOf(item) === chatId)
    .map<Outgoing>((item) => ({
      id: item.id,
      text: item.text,
      upload: item.file,
      created_at: new Date(item.at).toISOString(),
      state: item.failure ? "failed" : "sending",
      reason: item.failure?.code,
    }));
  const known = new Set(waiting.map((item) => item.id));
  const arrived = ahead
    .filter((event) => event.author.id === self && isOurs(event) && !known.has(event.id))
    .map<Outgoing>(({ id, params, created_at }) => ({
      id,
      text: params.text ?? "",
      file: params.file,
      created_at,
      state: "sent",
    }));
  return [...arrived, ...waiting];
}

/**
 * After which `seq` the line "New" stands: what was unread when the chat was opened, and what came
 * while nobody looked. It stays until the chat is left, so that one can find it.
 */
function useUnreadLine(chat: Chat, looked: boolean, lastSeq: number | undefined): number | null {
  const [after, setAfter] = useState(chat.unread > 0 ? chat.operator_read_seq : null);
  const before = useRef(looked);
  useEffect(() => {
    if (before.current && !looked) setAfter(lastSeq ?? 0);
    before.current = looked;
  }, [looked, lastSeq]);
  return after;
}

/** How many messages of the visitor came since the reader left the end. */
function useNewBelow(run: readonly ChatEvent[], atEnd: boolean): number {
  const left = useRef<number | null>(null);
  const last = run.at(-1)?.seq ?? 0;
  if (atEnd) left.current = null;
  else left.current ??= last;
  const from = left.current;
  if (from === null) return 0;
  return run.filter((event) => event.seq > from && event.type === "visitor-message").length;
}

interface RowProps {
  chatId: string;
  row: Row;
  seen: string | null;
  onEdit: (text: string) => void;
}

function RowView({ chatId, row, seen, onEdit }: RowProps) {
  if (row.kind === "day") {
    return <h3 class="day-line">{dayLine(row.at, language.value, now.value)}</h3>;
  }
  if (row.kind === "unread") {
    return (
      <div class="unread-line" data-unread>
        {t("conversation.unread")}
      </div>
    );
  }
  if (row.kind === "note") return <p class="note">{noteOf(row.event, ownId.value)}</p>;
  const own = row.author.kind === "operator" && row.author.id === ownId.value;
  const hasSeen = row.bubbles.some((bubble) => bubble.id === seen);
  return (
    <BubbleGroup
      chatId={chatId}
      group={row}
      own={own}
      seen={hasSeen ? seen : null}
      onEdit={onEdit}
    />
  );
}

function TypingLine({ chat }: { chat: Chat }) {
  const who = typing.value.get(chat.id)?.author;
  const name = who?.kind === "visitor" ? nameOf(chat.visitor) : (who?.name ?? "");
  return (
    <div class={who ? "typing typing-on" : "typing"} aria-live="polite">
      {who && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t("conversation.typing", { who: name })}
        </>
      )}
    </div>
  );
}
