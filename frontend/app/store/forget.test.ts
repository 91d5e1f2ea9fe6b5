import { afterEach, expect, it, vi } from "vitest";
import { Problem } from "../../shared/api";
import { client } from "./client";
import { forgetErased, mendMissed, onForget } from "./forget";
import { at, chat, event } from "./made";
import { chats, forgetAll, knownLog, logOf } from "./state";

afterEach(forgetAll);

const one = (id: string, updated = 10) =>
  chat(1, { id, updated_at: at(updated), visitor: { ...chat(1).visitor, id: `visitor of ${id}` } });

it("forgets a chat with its events, and tells those who keep more of it", () => {
  chats.put(one("chat-a"));
  logOf("chat-a").value = { run: [event(1)], ahead: [], loaded: true };
  const told = vi.fn();
  const stop = onForget(told);
  forgetErased({ chat_id: "chat-a", visitor_id: "visitor of chat-a" });
  stop();
  expect(chats.peek("chat-a")).toBeUndefined();
  expect(knownLog("chat-a")).toBeUndefined();
  expect(told).toHaveBeenCalledWith("chat-a");
});

it("finds out after a break what was erased meanwhile, and keeps what was only not listed", async () => {
  for (const [id, updated] of [
    ["chat-b", 30],
    ["chat-gone", 20],
    ["chat-late", 25],
    ["chat-old", 5],
  ] as const) {
    chats.put(one(id, updated));
  }
  const get = vi.spyOn(client, "get").mockImplementation((async (path: string) => {
    if (path === "/v1/chats")
      return { items: [one("chat-b", 30), one("chat-x", 10)], next: "more" };
    if (path === "/v1/chats/chat-late") return one("chat-late", 25);
    throw new Problem(404, "not_found", "");
  }) as typeof client.get);
  await mendMissed("chat-gone");
  expect(chats.peek("chat-gone")).toBeUndefined();
  expect(chats.peek("chat-late")).toBeDefined();
  // Older than what was listed: nothing speaks against it, and nobody asks.
  expect(chats.peek("chat-old")).toBeDefined();
  expect(get).not.toHaveBeenCalledWith("/v1/chats/chat-old");
});

it("learns after a break how somebody is called now, and shows no chat that was not asked for", async () => {
  chats.put(one("chat-c"));
  const renamed = one("chat-c");
  renamed.visitor.name = "Ingrid";
  vi.spyOn(client, "get").mockResolvedValue({ items: [renamed, one("chat-d")], next: null });
  await mendMissed(null);
  expect(chats.peek("chat-c")?.visitor.name).toBe("Ingrid");
  expect(chats.peek("chat-d")).toBeUndefined();
});
