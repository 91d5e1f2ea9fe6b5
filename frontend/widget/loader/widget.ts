/** What the page can do with the widget, and what happens when it does. */
import type { ToFrame, ToLoader } from "../protocol";
import { type Bridge, createBridge } from "./bridge";
import { type Config, isColor } from "./config";
import { createLook, type Look } from "./look";
import type { Emit, Methods } from "./page";

/** A word of the frame, of which nothing is sure. */
type Heard = { type: ToLoader["type"] } & Partial<
  Record<"count" | "fill" | "on" | "started", unknown>
>;

/**
 * Make the methods of the widget, and `start`, which draws the launcher and must come before the
 * first of them. Only after a click, or when the page asks for it, is anything loaded.
 */
export function createWidget(origin: string, emit: Emit) {
  let config: Config;
  let look: Look;
  let state = "closed";
  let bridge: Bridge | null = null;
  /** What the page has said so far, for a frame that is loaded later. */
  const said = new Map<string, ToFrame>();
  const answers: ((result: { started: boolean }) => void)[] = [];
  const become = (to: string) => {
    state = to;
    emit("widget.stateChange", { state });
  };
  const answer = (started: boolean) => {
    for (const reply of answers.splice(0)) reply({ started });
  };
  const end = () => {
    show(false);
    bridge?.close();
    bridge = null;
    answer(false);
  };
  /** Not known there: leave the page as if we had never been on it. */
  const remove = () => {
    end();
    look.remove();
    become("removed");
  };
  /** The server is away: the launcher says so, and tries again. */
  const lose = () => {
    look.setUnread(look.lost);
    end();
  };
  const greet = (): ToFrame[] => {
    const messages: ToFrame[] = [
      {
        type: "configure",
        language: config.language,
        // Query and fragment may hold secrets of the page, and nobody needs them to answer.
        page: location.origin + location.pathname,
        look: config.look,
        embedded: look.embedded(),
      },
      ...said.values(),
      { type: "shown", open: state === "open" },
    ];
    said.delete("forget");
    return messages;
  };
  /** The frame is ours, and its words are looked at all the same. */
  const heard: Record<string, (message: Heard) => void> = {
    close: () => show(false),
    gone: remove,
    look: ({ fill, on }) => isColor(fill) && isColor(on) && look.paint(fill, on),
    started: () => emit("chat.started"),
    resumed: ({ started }) => answer(started === true),
    unread: ({ count }) => {
      // Whatever came, a number of messages is what the page gets.
      const unread = (count as number) >>> 0;
      look.setUnread(unread);
      emit("chat.unreadChange", { count: unread });
    },
  };
  const hear = (message: Heard) => heard[message?.type]?.(message);
  const load = () => {
    bridge ??= createBridge(origin, config.site, look.panel, greet, hear, lose);
    return bridge;
  };
  const show = (open: boolean) => {
    const to = open ? "open" : "closed";
    if (to === state || state === "removed") return;
    const { frame, say } = load();
    const within = (frame.getRootNode() as ShadowRoot).activeElement === frame;
    become(to);
    look.setOpen(open);
    say({ type: "shown", open });
    // Within the page it is part of it, and takes the focus from nothing.
    if (look.embedded()) return;
    if (open) frame.focus();
    else if (within) look.button.focus();
  };
  const keep = (message: ToFrame) => {
    said.set(message.type, message);
    bridge?.say(message);
  };

  const toggle = () => show(state !== "open");
  const start = (found: Config) => {
    config = found;
    look = createLook(config, toggle);
  };
  const methods = {
    open: () => show(true),
    close: () => show(false),
    toggle,
    openIn: (where: { selector: string }) => {
      const place = document.querySelector(where.selector);
      if (!place) return;
      bridge?.close();
      bridge = null;
      look.embed(place);
      show(true);
      load();
    },
    setVisitorData: (data: unknown) => keep({ type: "visitor", data: JSON.stringify(data) }),
    /** Resume the chat that this browser has kept. Signed identities are not accepted yet. */
    startSession: (session?: unknown, reply = session) => {
      if (typeof reply === "function") answers.push(reply as (typeof answers)[number]);
      if (session && session !== reply) return answer(false);
      keep({ type: "resume" });
      load();
    },
    stopSession: () => {
      said.delete("visitor");
      said.delete("resume");
      // Said once: a frame that is loaded again later begins anew by itself.
      if (bridge) bridge.say({ type: "forget" });
      else {
        said.set("forget", { type: "forget" });
        load();
      }
    },
    getWidgetState: () => state,
    setConsent: (map: unknown) => keep({ type: "consent", map: JSON.stringify(map) }),
  };
  return { start, methods: methods as Methods };
}
