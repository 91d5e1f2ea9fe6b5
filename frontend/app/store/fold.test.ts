import { describe, expect, it } from "vitest";
import type { ChatEvent } from "../../shared/types";
import { Chats } from "./chats";
import { EMPTY, withEvent, withPage } from "./log";
import { chat, event, streamed } from "./made";

const edited = (seq: number, of: number, text: string): ChatEvent =>
  event(seq, {
    type: "message-edited",
    params: { message_id: `event-${of}`, message_seq: of, text, edited_at: `at-${seq}` },
  });
const deleted = (seq: number, of: number): ChatEvent =>
  event(seq, {
    type: "message-deleted",
    params: {
      message_id: `event-${of}`,
      message_seq: of,
      deleted_at: `at-${seq}`,
      deleted_by: "visitor",
    },
  });
const texts = (log: { run: readonly ChatEvent[] }) => log.run.map(({ params }) => params.text);

describe("a message that was changed", () => {
  it("says what it says now, where it stands", () => {
    const log = withEvent(withPage(EMPTY, [event(1), event(2)]), edited(3, 1, "new"));
    expect(log.run[0]?.params).toEqual({ text: "new", edited_at: "at-3" });
    expect(log.run[1]?.params.text).toBe("message 2");
  });

  it("is the same whether the changes come before it or after", () => {
    const late = [edited(3, 1, "new"), edited(4, 1, "newer")];
    const before = withPage(late.reduce(withEvent, EMPTY), [event(1), event(2)]);
    const after = late.reduce(withEvent, withPage(EMPTY, [event(1), event(2)]));
    expect(before.run[0]?.params).toEqual({ text: "newer", edited_at: "at-4" });
    expect(after.run).toEqual(before.run);
  });

  it("is left as it is by a change that it knows", () => {
    const log = withEvent(withPage(EMPTY, [event(1)]), edited(2, 1, "new"));
    expect(withPage(log, [edited(2, 1, "new")]).run[0]).toBe(log.run[0]);
  });

  it("leaves nothing of what it said when it is deleted", () => {
    const changed = withEvent(withPage(EMPTY, [event(1)]), edited(2, 1, "secret"));
    const log = withEvent(changed, deleted(3, 1));
    expect(texts(log)).toEqual([undefined, undefined, undefined]);
    expect(log.run[0]?.params).toEqual({ deleted_at: "at-3", deleted_by: "visitor" });
  });

  it("shows in the last line of its chat, and counts as nothing new", () => {
    const chats = new Chats();
    chats.put(chat(3));
    chats.apply(streamed(4, edited(4, 3, "new")));
    expect(chats.peek("chat-1")).toMatchObject({ unread: 3, last_seq: 4, stage: "open" });
    expect(chats.peek("chat-1")?.last_event?.params.text).toBe("new");
    chats.apply(streamed(5, deleted(5, 3)));
    expect(chats.peek("chat-1")?.last_event?.params.text).toBeUndefined();
    chats.apply(streamed(6, deleted(6, 1)));
    expect(chats.peek("chat-1")?.last_event?.seq).toBe(3);
  });
});
