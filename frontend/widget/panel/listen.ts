/** The visitor's stream: what comes over it, and where it goes. */
import { SharedStream } from "../../shared/shared-stream";
import type { StreamState } from "../../shared/stream";
import type { Author, VisitorHello, VisitorSignals } from "../../shared/types";
import type { Conversation } from "./conversation";

export interface Listener {
  onState: (state: StreamState) => void;
  onPresence: (presence: VisitorSignals["presence"]) => void;
  /** The visitor has read up to here, perhaps in another tab. */
  onRead: (seq: number) => void;
  onTyping: (author: Author) => void;
  /** Load the chat anew. */
  reload: () => Promise<void>;
  onEnded: () => void;
}

/** Listen to this visitor's chat from where the conversation has got to. */
export function listen(
  site: string,
  token: string,
  conversation: Conversation,
  to: Listener,
): SharedStream {
  const stream: SharedStream = new SharedStream({
    // Tabs of one visitor share the connection. The end of the token tells visitors apart and
    // is of no use to anybody: the name never leaves this browser.
    name: `chathaven.${site}.${token.slice(-8)}`,
    url: "/v1/widget/me/stream",
    token: () => token,
    lastId: String(conversation.last),
    onEvent: (event) => void conversation.take(event),
    onHello: (hello, resumed) => {
      const { chat, online, operators } = hello as VisitorHello;
      to.onPresence({ online, operators });
      // The tab that leads is sent what it misses; the others fetch it. One that joins hears a
      // greeting from when the connection began: what came between that and its own first page
      // was told before it listened.
      const behind = !resumed || (chat?.last_seq ?? 0) > conversation.last;
      if (behind && !stream?.leads) void conversation.catchUp();
    },
    onSignal: (kind, data) => {
      if (kind === "presence") to.onPresence(data as VisitorSignals["presence"]);
      else if (kind === "read") to.onRead((data as VisitorSignals["read"]).visitor_read_seq);
      else if (kind === "typing") to.onTyping((data as VisitorSignals["typing"]).author);
    },
    onState: to.onState,
    onGap: () => void conversation.catchUp(),
    onReset: async () => {
      conversation.clear();
      // Failing leaves an empty list, and the stream sends everything from the first event.
      await to.reload().catch(() => undefined);
      return String(conversation.last);
    },
    onEnded: to.onEnded,
  });
  return stream;
}
