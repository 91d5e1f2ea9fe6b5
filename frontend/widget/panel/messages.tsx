/** The conversation. */
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { useSignal, useSignalEffect } from "../view/signals";
import { BubbleView } from "./bubble";
import { Icon } from "./icons";
import { onDemand } from "./on-demand";
import type { Panel } from "./panel";
import { type Row, rowsOf } from "./rows";
import { K } from "./texts/keys";
import { Words } from "./words";

/** This close to the end counts as being there, in pixels. */
const NEAR = 48;
/** This close to the top asks for earlier messages. */
const EARLY = 240;

const EmailCard = onDemand((extras) => extras.EmailCard);

export function Messages({ panel }: { panel: Panel }) {
  const { session, text, host } = panel;
  const { conversation } = session;
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useSignal(true);
  const events = conversation.events.value;
  const pending = session.sending.pending.value;
  const rows = useMemo(() => rowsOf(events, pending), [events, pending]);
  const scroll = useScroll(panel, box, atEnd.value);

  // What is in view is read: the panel is open, the tab in front, and the end on the screen.
  const see = () => {
    const visible = host.open.value && atEnd.value && document.visibilityState === "visible";
    if (visible && session.unread.value > 0) session.markRead(conversation.last);
  };
  useSignalEffect(see);
  useEffect(() => {
    document.addEventListener("visibilitychange", see);
    return () => document.removeEventListener("visibilitychange", see);
  }, []);

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    atEnd.value = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    if (element.scrollTop < EARLY) void conversation.loadOlder();
  };
  const { unread } = session;
  return (
    <div class="middle">
      <div
        class="log"
        role="log"
        aria-live="off"
        aria-label={text.t(K.conversation)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        ref={box}
        onScroll={onScroll}
      >
        <div class="rows">
          {conversation.loading.value ? (
            <Bones />
          ) : conversation.more.value ? (
            <p class="hint older">{conversation.loadingOlder.value && text.t(K.older)}</p>
          ) : (
            <Greeting panel={panel} />
          )}
          {rows.map((row, index) => (
            <RowView key={row.key} panel={panel} row={row} last={index === rows.length - 1} />
          ))}
          {(panel.email.asks.value || panel.email.given.value) && <EmailCard panel={panel} />}
          {session.ended.value && <p class="hint">{text.t(K.ended)}</p>}
          <Typing panel={panel} />
        </div>
      </div>
      {!atEnd.value && (
        <button type="button" class="newest" onClick={() => scroll("smooth")}>
          <Icon name="down" />
          {unread.value > 0 ? text.t(K.new, { count: unread.value }) : text.t(K.newest)}
        </button>
      )}
    </div>
  );
}

/** Keep the end in view while it is, and the place while earlier messages come in above. */
function useScroll(panel: Panel, box: { current: HTMLDivElement | null }, atEnd: boolean) {
  const { session, host } = panel;
  const events = session.conversation.events.value;
  const pending = session.sending.pending.value;
  const first = events[0]?.seq ?? 0;
  const before = useRef({ first, height: 0, pending: 0 });
  const scroll = (behavior: ScrollBehavior = "instant") => {
    const element = box.current;
    if (!element) return;
    // Past more than two screens, movement tells nothing and takes its time.
    const far = element.scrollHeight - element.scrollTop > 3 * element.clientHeight;
    element.scrollTo({ top: element.scrollHeight, behavior: far ? "instant" : behavior });
  };
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const past = before.current;
    const earlier = first < past.first && past.height > 0;
    if (earlier) element.scrollTop += element.scrollHeight - past.height;
    else if (atEnd || pending.length > past.pending) scroll();
    before.current = { first, height: element.scrollHeight, pending: pending.length };
  }, [events, pending, host.open.value]);
  // The composer grows, the keyboard opens, the window shrinks: the end stays in view.
  const kept = useRef(atEnd);
  kept.current = atEnd;
  useEffect(() => {
    if (!box.current) return;
    // Who is answering a card keeps it where it is.
    const observer = new ResizeObserver(() => {
      if (kept.current && !box.current?.querySelector(":focus")) scroll();
    });
    observer.observe(box.current);
    // What comes below the messages: a card, somebody who is writing.
    if (box.current.firstElementChild) observer.observe(box.current.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return scroll;
}

/** In the place of messages that take longer than a moment to come. */
function Bones() {
  return (
    <div class="bones" aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  );
}

function Greeting({ panel }: { panel: Panel }) {
  if (!panel.widget.value) return null;
  return (
    <section class="group greeting">
      <div class="bubble" dir="auto">
        <Words text={panel.greeting} />
      </div>
    </section>
  );
}

function Typing({ panel: { session, text, teamName } }: { panel: Panel }) {
  const name = session.typing.value;
  if (name === null) return null;
  return (
    <p class="typing">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {text.t(K.typing, { name: name || teamName })}
    </p>
  );
}

function RowView({ panel, row, last }: { panel: Panel; row: Row; last: boolean }) {
  const { text } = panel;
  if (row.kind === "day") {
    return (
      <h2 class="day">
        <time dateTime={row.date.toISOString().slice(0, 10)}>{text.day(row.date)}</time>
      </h2>
    );
  }
  const end = row.bubbles.at(-1);
  const waiting = row.bubbles.some(({ item }) => item !== null && item.failure === null);
  const state = waiting ? panel.paused.value || text.t(K.sending) : text.t(K.sent);
  return (
    <section class={row.mine ? "group mine" : "group"}>
      {!row.mine && row.name && (
        <p class="name" dir="auto">
          {row.name}
        </p>
      )}
      <span class="spoken">{row.mine ? text.t(K.you) : row.name || panel.teamName}</span>
      {row.bubbles.map((bubble) => (
        <BubbleView key={bubble.id} panel={panel} bubble={bubble} mine={row.mine} />
      ))}
      {end && (
        <p class="time">
          <time dateTime={end.at.toISOString()} title={text.full(end.at)}>
            {text.time(end.at)}
          </time>
          {row.mine && last && !end.item?.failure && ` · ${state}`}
        </p>
      )}
    </section>
  );
}
