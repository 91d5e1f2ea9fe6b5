import { beforeEach, describe, expect, it } from "vitest";
import { belongs, Chats } from "./chats";
import { answer, at, chat, OPERATOR, OWN, streamed } from "./made";

let chats: Chats;
beforeEach(() => {
  chats = new Chats();
});

const now = () => chats.peek("chat-1");

describe("snapshots and events", () => {
  it("make the new snapshot: event after snapshot", () => {
    chats.put(chat(3));
    chats.apply(streamed(4));
    expect(now()).toEqual(chat(4));
  });

  it("make the new snapshot: event first, older snapshot after", () => {
    chats.put(chat(2));
    chats.apply(streamed(3));
    chats.apply(streamed(4));
    chats.put(chat(3));
    expect(now()).toEqual(chat(4));
  });

  it("count an event once, however often it comes", () => {
    chats.put(chat(3));
    for (let time = 0; time < 3; time += 1) chats.apply(streamed(4));
    expect(now()?.unread).toBe(4);
    chats.apply(streamed(2));
    expect(now()).toEqual(chat(4));
  });

  it("say when a chat has to be fetched", () => {
    expect(chats.apply(streamed(1))).toBe(false);
    expect(chats.size).toBe(0);
  });

  it("take the stage and the assignee from events", () => {
    chats.put(chat(3));
    chats.apply(streamed(4, { type: "chat-closed", author: OPERATOR, params: {} }));
    expect(now()?.stage).toBe("closed");
    const params = { operator_id: OWN, operator_name: "Mara" };
    chats.apply(streamed(5, { type: "chat-assigned", author: OPERATOR, params }));
    expect(now()?.assignee).toEqual({ id: OWN, name: "Mara" });
    chats.apply(streamed(6, { type: "chat-reopened", params: {} }));
    expect(now()?.stage).toBe("open");
    const nobody = { operator_id: null, operator_name: null };
    chats.apply(streamed(7, { type: "chat-assigned", author: OPERATOR, params: nobody }));
    expect(now()?.assignee).toBeNull();
  });

  it("count a chat as read as soon as one of us answers", () => {
    chats.put(chat(3));
    chats.apply({ ...answer(4), chat_id: "chat-1" });
    expect(now()).toMatchObject({ unread: 0, operator_read_seq: 4 });
  });

  it("keep the last message as the last line", () => {
    chats.put(chat(3));
    chats.apply(streamed(4, { type: "visitor-updated", params: { fields: ["name"] } }));
    expect(now()?.last_event?.seq).toBe(3);
    expect(now()?.updated_at).toBe(at(4));
  });

  it("say when events are missing between", () => {
    chats.put(chat(3));
    expect(chats.apply(streamed(4))).toBe(true);
    expect(chats.apply(streamed(9))).toBe(false);
    expect(now()?.last_seq).toBe(9);
  });
});

describe("read marks", () => {
  it("never go back", () => {
    chats.put(chat(9, { visitor_read_seq: 0 }));
    chats.read("chat-1", { operator_read_seq: 9, visitor_read_seq: 4, unread: 0 });
    chats.read("chat-1", { operator_read_seq: 5, visitor_read_seq: 2, unread: 4 });
    expect(now()).toMatchObject({ operator_read_seq: 9, visitor_read_seq: 4, unread: 0 });
  });

  it("survive a snapshot that was taken before", () => {
    chats.put(chat(9));
    chats.read("chat-1", { operator_read_seq: 9, visitor_read_seq: 9, unread: 0 });
    chats.put(chat(9));
    expect(now()).toMatchObject({ operator_read_seq: 9, visitor_read_seq: 9, unread: 0 });
  });
});

describe("a reset", () => {
  it("keeps what is put again, as it comes, and drops the rest", () => {
    chats.put(chat(9));
    chats.put(chat(2, { id: "chat-2", visitor: { ...chat(2).visitor, id: "visitor-2" } }));
    chats.stale();
    // Restored from a backup: the server knows less than we did.
    chats.put(chat(5));
    chats.dropStale();
    expect(now()).toEqual(chat(5));
    expect(chats.peek("chat-2")).toBeUndefined();
    expect(chats.chatOf("visitor-2")).toBeUndefined();
  });

  it("keeps a chat of which an event came meanwhile", () => {
    chats.put(chat(9));
    chats.stale();
    chats.apply(streamed(10));
    chats.dropStale();
    expect(now()?.last_seq).toBe(10);
  });
});

describe("lists", () => {
  const other = { id: "operator-2", name: "Jonas" };
  const many = () => {
    chats.put(chat(1, { id: "a", updated_at: at(1) }));
    chats.put(chat(1, { id: "b", updated_at: at(3), assignee: other }));
    chats.put(chat(1, { id: "c", updated_at: at(2), assignee: { id: OWN, name: "Mara" } }));
    chats.put(chat(1, { id: "d", updated_at: at(4), stage: "closed" }));
  };

  it("are in order, newest first", () => {
    many();
    expect(chats.list("open", OWN, null)).toEqual(["b", "c", "a"]);
    expect(chats.list("all", OWN, null)).toEqual(["d", "b", "c", "a"]);
  });

  it("end at the horizon, beyond which chats may be missing", () => {
    many();
    expect(chats.list("all", OWN, at(2))).toEqual(["d", "b", "c"]);
  });

  it("move a chat up when something happens in it", () => {
    many();
    chats.apply(streamed(2, { created_at: at(9) }, "a"));
    expect(chats.list("open", OWN, null)[0]).toBe("a");
  });

  it("count what is unread and ours to answer", () => {
    many();
    expect(chats.unread(OWN)).toBe(2);
  });

  it.each([
    ["open", true, false],
    ["closed", false, true],
    ["all", true, true],
    ["mine", false, false],
    ["unassigned", true, false],
  ] as const)("put open and closed chats into %s: %s, %s", (view, open, closed) => {
    expect(belongs(chat(1), view, OWN)).toBe(open);
    expect(belongs(chat(1, { stage: "closed" }), view, OWN)).toBe(closed);
  });
});

describe("presence", () => {
  it("is taken as a whole", () => {
    chats.put(chat(1, { visitor: { ...chat(1).visitor, online: true } }));
    expect(chats.visitorsOnline()).toEqual(["visitor-1"]);
    chats.online(new Set());
    expect(chats.visitorsOnline()).toEqual([]);
    chats.online(new Set(["visitor-1"]));
    expect(now()?.visitor.online).toBe(true);
  });
});

describe("an erased chat", () => {
  it("stays gone, whatever answer was on its way", () => {
    chats.put(chat(1));
    chats.erase("chat-1");
    chats.put(chat(2));
    expect(chats.apply(streamed(3))).toBe(true);
    expect(now()).toBeUndefined();
    expect(chats.chatOf("visitor-1")).toBeUndefined();
    expect(chats.list("all", OWN, null)).toEqual([]);
    expect(chats.erased("chat-1")).toBe(true);
  });
});
