import { afterEach, expect, it, vi } from "vitest";
import { client } from "./client";
import { askAgain, changed, learn, presence } from "./live";
import { loadChat, loadNewest, loadView, refresh } from "./load";
import { chat, event } from "./made";
import { chats, forgetAll, logOf, siteList, sites, team } from "./state";

afterEach(() => {
  vi.restoreAllMocks();
  forgetAll();
});

const unnamed = chat(1, { visitor: { ...chat(1).visitor, name: null } });
const named = chat(1, { visitor: { ...chat(1).visitor, name: "Ingrid" } });

/** The first answer was read before the change, and comes late. */
function late<T>(first: T, then: (path: string) => unknown) {
  let arrive = () => {};
  const slow = new Promise<T>((resolve) => {
    arrive = () => resolve(first);
  });
  let asked = 0;
  const get = vi.spyOn(client, "get").mockImplementation(((path: string) => {
    asked += 1;
    return asked === 1 ? slow : Promise.resolve(then(path));
  }) as typeof client.get);
  return { arrive, get };
}

it("learns a name that was given while the chat was on its way", async () => {
  const { arrive } = late(unnamed, () => named.visitor);
  const loading = loadChat("chat-1");
  const heard = changed({ what: "visitor", id: unnamed.visitor.id });
  arrive();
  await Promise.all([loading, heard]);
  expect(chats.peek("chat-1")?.visitor.name).toBe("Ingrid");
});

it("fetches a chat that changed again, when an older answer was on its way", async () => {
  const { arrive } = late(chat(1), () => chat(1, { stage: "closed" }));
  const loading = loadChat("chat-1");
  const heard = changed({ what: "chat", id: "chat-1" });
  arrive();
  await Promise.all([loading, heard]);
  expect(chats.peek("chat-1")?.stage).toBe("closed");
});

it("shows a message that came while the chat was on its way", async () => {
  const { arrive } = late(chat(1), () => ({ items: [event(1)], next: null }));
  const loading = loadNewest("chat-1");
  const heard = learn({ ...event(2), chat_id: "chat-1" });
  arrive();
  await Promise.all([loading, heard]);
  expect(chats.peek("chat-1")?.last_seq).toBe(2);
  expect(logOf("chat-1").value.run.map(({ seq }) => seq)).toEqual([1, 2]);
});

it("shows who came while their chat was on its way", async () => {
  const { arrive } = late(chat(1), () => null);
  const loading = loadChat("chat-1");
  const { id } = chat(1).visitor;
  const came = presence({ kind: "visitor", id, online: false });
  const cameAgain = presence({ kind: "visitor", id, online: true });
  arrive();
  await Promise.all([loading, came, cameAgain]);
  expect(chats.peek("chat-1")?.visitor.online).toBe(true);
});

it("asks again for a list that was read before the stream began", async () => {
  const list = (items: unknown[]) => ({ items, next: null });
  vi.spyOn(client, "get").mockResolvedValueOnce(list([]));
  await loadView("all");
  const again = late(list([]), (path) => list(path === "/v1/chats" ? [named] : []));
  const reading = loadView("all");
  const refreshing = refresh(null, { drop: false });
  again.arrive();
  await Promise.all([reading, refreshing]);
  expect(chats.peek("chat-1")?.visitor.name).toBe("Ingrid");
});

it("asks after a break for what no event tells of, where it is shown", async () => {
  const get = vi.spyOn(client, "get").mockResolvedValue({ items: [], next: null });
  await askAgain();
  expect(get.mock.calls.map(([path]) => path)).toEqual(["/v1/operators"]);
  siteList.say([]);
  get.mockImplementation((async (path: string) => ({
    items: [{ id: path }],
    next: null,
  })) as typeof client.get);
  await askAgain();
  expect(team.value.map(({ id }) => id)).toEqual(["/v1/operators"]);
  expect(sites.value?.map(({ id }) => id)).toEqual(["/v1/sites"]);
});
