import { afterEach, describe, expect, it, vi } from "vitest";
import { client } from "./client";
import { deliver, loadMore, loadNewest, loadOlder, loadView, refresh } from "./load";
import { at, chat, event, OWN } from "./made";
import { chats, forgetAll, listings, logOf } from "./state";

afterEach(forgetAll);

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, step) => event(from + step));
const seqs = () => logOf("chat-1").value.run.map((one) => one.seq);

/** A server with one chat of so many events, and as many chats in its list as are named. */
function serve(world: { events: number; listed?: string[] }) {
  return vi.spyOn(client, "get").mockImplementation((async (path: string, more: unknown) => {
    const query = (more as { query?: Record<string, number> } | undefined)?.query ?? {};
    if (path === "/v1/operators") return { items: [], next: null };
    if (path === "/v1/chats/chat-1") return chat(world.events);
    if (path === "/v1/chats") {
      const ids = world.listed ?? ["chat-1"];
      const from = Number(query.after ?? 0);
      const items = ids.slice(from, from + 2).map((id, step) =>
        chat(world.events, {
          id,
          updated_at: at(900 - from - step),
          visitor: { ...chat(1).visitor, id: `visitor of ${id}` },
        }),
      );
      return { items, next: from + 2 < ids.length ? String(from + 2) : null };
    }
    const limit = Number(query.limit);
    const items = query.before
      ? range(Math.max(1, query.before - limit), Math.min(world.events, query.before - 1))
      : range((query.after ?? 0) + 1, Math.min(world.events, (query.after ?? 0) + limit));
    return { items, next: null };
  }) as typeof client.get);
}

describe("opening a chat", () => {
  it("fetches the chat and its newest page once, however often it is asked", async () => {
    const get = serve({ events: 70 });
    await Promise.all([loadNewest("chat-1"), loadNewest("chat-1")]);
    await loadNewest("chat-1");
    expect(seqs()).toEqual(range(21, 70).map((one) => one.seq));
    expect(get).toHaveBeenCalledTimes(2);
  });

  it("fetches older pages until the start", async () => {
    serve({ events: 70 });
    await loadNewest("chat-1");
    await loadOlder("chat-1");
    expect(seqs()).toHaveLength(70);
    await loadOlder("chat-1");
    expect(seqs()[0]).toBe(1);
  });

  it("fills a gap by itself", async () => {
    const world = { events: 3 };
    serve(world);
    await loadNewest("chat-1");
    world.events = 8;
    deliver("chat-1", event(8));
    await vi.waitFor(() => expect(seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]));
  });
});

describe("a view", () => {
  it("grows page by page, and says when it is whole", async () => {
    serve({ events: 1, listed: ["a", "b", "c"] });
    await loadView("open");
    expect(chats.list("open", OWN, listings.open.value.horizon)).toEqual(["a", "b"]);
    await loadMore("open");
    expect(listings.open.value).toMatchObject({ next: null, horizon: null });
    expect(chats.list("open", OWN, null)).toEqual(["a", "b", "c"]);
  });

  it("keeps further pages when its first one is loaded again", async () => {
    serve({ events: 1, listed: ["a", "b", "c", "d", "e"] });
    await loadView("open");
    await loadMore("open");
    await loadView("open");
    expect(chats.list("open", OWN, listings.open.value.horizon)).toHaveLength(4);
    expect(listings.open.value.next).toBe("4");
  });

  it("keeps the failure for the screen, and goes on after it", async () => {
    vi.spyOn(client, "get").mockRejectedValueOnce(new Error("down"));
    await loadView("open");
    expect(listings.open.value.failure).toBeInstanceOf(Error);
    serve({ events: 1 });
    await loadView("open");
    expect(listings.open.value.failure).toBeNull();
  });
});

describe("after the stream began anew", () => {
  it("everything that was missed is there", async () => {
    const world = { events: 60 };
    serve(world);
    await loadView("open");
    await loadNewest("chat-1");
    world.events = 300;
    await refresh(null, { drop: false });
    expect(seqs().at(-1)).toBe(300);
    expect(seqs()).toHaveLength(290);
  });

  it("too much is loaded anew instead of being filled", async () => {
    const world = { events: 60 };
    serve(world);
    await loadView("open");
    await loadNewest("chat-1");
    world.events = 5000;
    await refresh("chat-1", { drop: false });
    expect(seqs()).toEqual(range(4951, 5000).map((one) => one.seq));
  });

  it("a reset leaves only what the server still has", async () => {
    const world = { events: 60, listed: ["chat-1", "gone"] };
    serve(world);
    await loadView("open");
    await loadNewest("chat-1");
    world.events = 40;
    world.listed = ["chat-1"];
    await refresh("chat-1", { drop: true });
    expect(chats.peek("gone")).toBeUndefined();
    expect(chats.peek("chat-1")?.last_seq).toBe(40);
    expect(seqs().at(-1)).toBe(40);
  });
});
