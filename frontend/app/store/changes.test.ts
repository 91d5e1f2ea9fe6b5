import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../shared/api";
import { deleteNow, deleteSoon, keepMessage, leaving, rewrite, rewritten } from "./changes";
import { client } from "./client";
import { EMPTY, withPage } from "./log";
import { answer, chat, event } from "./made";
import { chats, forgetAll, logOf } from "./state";

const run = () => logOf("chat-1").value.run;
const refused = new Problem(409, "held", "Kept");

beforeEach(() => {
  vi.useFakeTimers();
  chats.put(chat(2, { last_event: answer(2) }));
  logOf("chat-1").value = withPage(EMPTY, [event(1), answer(2)]);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  forgetAll();
});

describe("changing a message", () => {
  it("shows it at once, then where it stands and in the list", async () => {
    vi.spyOn(client, "patch").mockResolvedValue({ edited_at: "later" });
    const work = rewrite("chat-1", "event-2", "new");
    expect(rewritten.value.get("event-2")).toBe("new");
    await work;
    expect(rewritten.value.size).toBe(0);
    expect(run()[1]?.params).toEqual({ text: "new", edited_at: "later" });
    expect(chats.peek("chat-1")?.last_event?.params.text).toBe("new");
  });

  it("takes it back when the server refuses", async () => {
    vi.spyOn(client, "patch").mockRejectedValue(refused);
    await expect(rewrite("chat-1", "event-2", "new")).rejects.toBe(refused);
    expect(rewritten.value.size).toBe(0);
    expect(run()[1]?.params.text).toBe("message 2");
  });
});

describe("deleting a message", () => {
  it("is sent after a few seconds, once", async () => {
    const del = vi.spyOn(client, "del").mockResolvedValue(undefined);
    deleteSoon("chat-1", "event-2", () => undefined);
    deleteSoon("chat-1", "event-2", () => undefined);
    expect(leaving.value.has("event-2")).toBe(true);
    expect(del).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    expect(del).toHaveBeenCalledTimes(1);
    expect(run()[1]?.params).toMatchObject({ deleted_by: "operator" });
    expect(run()[1]?.params.text).toBeUndefined();
    expect(chats.peek("chat-1")?.last_event?.params.text).toBeUndefined();
  });

  it("is not sent when it is taken back", async () => {
    const del = vi.spyOn(client, "del").mockResolvedValue(undefined);
    deleteSoon("chat-1", "event-2", () => undefined);
    keepMessage("event-2");
    await vi.runAllTimersAsync();
    await deleteNow();
    expect(del).not.toHaveBeenCalled();
    expect(run()[1]?.params.text).toBe("message 2");
  });

  it("is sent at once when nobody is here any more to take it back", async () => {
    const del = vi.spyOn(client, "del").mockResolvedValue(undefined);
    deleteSoon("chat-1", "event-2", () => undefined);
    await deleteNow();
    expect(del).toHaveBeenCalledWith("/v1/chats/chat-1/messages/event-2", undefined, {
      keepalive: true,
    });
    await vi.runAllTimersAsync();
    expect(del).toHaveBeenCalledTimes(1);
  });

  it("says what the server refused, and shows the message again", async () => {
    vi.spyOn(client, "del").mockRejectedValue(refused);
    const told = vi.fn();
    deleteSoon("chat-1", "event-2", told);
    await vi.runAllTimersAsync();
    expect(told).toHaveBeenCalledWith(refused);
    expect(leaving.value.size).toBe(0);
    expect(run()[1]?.params.text).toBe("message 2");
  });

  it("says nothing where it is gone already, or erased", async () => {
    const told = vi.fn();
    const gone = new Problem(409, "message_deleted", "Gone");
    vi.spyOn(client, "del").mockRejectedValueOnce(gone);
    deleteSoon("chat-1", "event-2", told);
    await vi.runAllTimersAsync();
    vi.spyOn(client, "del").mockRejectedValueOnce(new Problem(404, "not_found", "Gone"));
    chats.put(chat(1, { id: "chat-9", visitor: { ...chat(1).visitor, id: "visitor-9" } }));
    deleteSoon("chat-9", "event-1", told);
    chats.erase("chat-9");
    await vi.runAllTimersAsync();
    expect(told).not.toHaveBeenCalled();
  });
});
