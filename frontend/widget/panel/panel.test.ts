import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../../shared/api";
import { inMemory } from "../../shared/kept";
import type { ChatEvent } from "../../shared/types";
import { effect } from "../view/signals";
import { Conversation } from "./conversation";
import { end, event, NOTICE, Server, session, settle } from "./fake-server";
import { checked, objectOf } from "./host";
import { NoticeDesk } from "./notice";
import { initials, rowsOf } from "./rows";
import type { Session } from "./session";
import en from "./texts/en";
import { LANGUAGES, loadTexts } from "./texts/load";

test("every catalogue has every text, with the same placeholders and the forms it needs", async () => {
  for (const language of LANGUAGES) {
    const texts = await loadTexts(language);
    expect(Object.keys(texts)).toEqual(Object.keys(en));
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, entry] of Object.entries(texts)) {
      const original = en[key as keyof typeof en];
      expect(typeof entry).toBe(typeof original);
      const forms = typeof entry === "string" ? [entry] : Object.values(entry);
      const first = typeof original === "string" ? original : original.other;
      const names = (text: string) => new Set(text.match(/\{\w+\}/g) ?? []);
      for (const form of forms) {
        expect(form.trim()).not.toBe("");
        if (!(language === "ar" && form.startsWith("لا "))) {
          expect(names(form)).toEqual(names(first));
        }
      }
      if (typeof entry !== "string" && language === "pl" && key !== "here") {
        expect(Object.keys(entry).sort()).toEqual([...needed].sort());
      }
    }
  }
});

function conversation(pages: ChatEvent[]) {
  const asked: Record<string, number>[] = [];
  const arrived: number[] = [];
  const source = {
    get: async <T>(_path: string, { query }: { query: Record<string, number> }) => {
      asked.push(query);
      const { before = Number.POSITIVE_INFINITY, after = 0, limit = 50 } = query;
      const fits = pages.filter(({ seq }) => seq < before && seq > after);
      const items = query.before ? fits.slice(-limit) : fits.slice(0, limit);
      return { items, next: fits.length > items.length ? "more" : null } as T;
    },
  };
  const made = new Conversation(
    () => source,
    ({ seq }) => arrived.push(seq),
  );
  return { made, asked, arrived };
}

const seqs = (made: Conversation) => made.events.value.map(({ seq }) => seq);

test("events come in order and once, whatever the order of arrival", async () => {
  const all = [1, 2, 3, 4, 5].map((seq) => event(seq));
  const { made, arrived } = conversation(all);
  await made.take(event(1));
  await made.take(event(1));
  await made.take(event(4));
  expect(seqs(made)).toEqual([1, 2, 3, 4, 5]);
  expect(arrived).toEqual([1, 2, 3, 4, 5]);
});

test("what comes while the newest page is loaded waits for it, and asks for nothing", async () => {
  const { made, asked, arrived } = conversation([1, 2, 3].map((seq) => event(seq)));
  made.loading.value = true;
  await made.take(event(4));
  expect([seqs(made), asked]).toEqual([[], []]);
  await made.load(3);
  expect([seqs(made), arrived, made.loading.value]).toEqual([[1, 2, 3, 4], [4], false]);
});

test("earlier pages are put before, until there are no more", async () => {
  const { made, asked } = conversation(Array.from({ length: 120 }, (_, i) => event(i + 1)));
  await made.load(120);
  expect([seqs(made)[0], made.more.value]).toEqual([71, true]);
  await Promise.all([made.loadOlder(), made.loadOlder()]);
  await made.loadOlder();
  await made.loadOlder();
  expect([made.events.value.length, made.more.value, asked.length]).toEqual([120, false, 3]);
});

test("an answer to a chat that was dropped meanwhile is ignored", async () => {
  const { made } = conversation([event(1), event(2)]);
  const loading = made.load(2);
  made.clear();
  await loading;
  expect(seqs(made)).toEqual([]);
});

test("bubbles are grouped by who and when, with a line for each day", () => {
  const pending = { id: "p", lane: "chat", text: "x", at: Date.UTC(2026, 10, 21), failure: null };
  const events = [
    event(1, "visitor"),
    event(2, "visitor"),
    { ...event(3), type: "chat-closed" as const },
    event(4),
    event(5, "operator", 30),
  ];
  const rows = rowsOf(events, [pending, { ...pending, id: "e2" }]);
  const shape = rows.map((row) => (row.kind === "day" ? "day" : row.bubbles.length));
  expect(shape).toEqual(["day", 2, 1, 1, "day", 1]);
});

test("initials of all kinds of names", () => {
  expect(["Anna Weber", "ana", "", "李 小龙", "Jean-Luc de la Tour"].map(initials)).toEqual([
    "AW",
    "A",
    "",
    "李小",
    "JT",
  ]);
});

test("what the page says is taken only when it is whole", () => {
  for (const data of [null, 1, {}, { type: "configure" }, { type: "shown", open: 1 }]) {
    expect(checked(data)).toBeNull();
  }
  expect(checked({ type: "visitor", data: "{}" })).not.toBeNull();
  expect([objectOf("{"), objectOf("1"), objectOf('{"a":1}')]).toEqual([{}, {}, { a: 1 }]);
});

test("a notice that needs agreement holds the chat until it has it", () => {
  const desk = new NoticeDesk();
  expect([desk.allows, desk.proof()]).toEqual([true, {}]);
  desk.show(NOTICE);
  expect([desk.allows, desk.proof()]).toEqual([false, {}]);
  desk.saw();
  expect([desk.allows, desk.proof()]).toEqual([false, { notice_id: "n1", agreed: false }]);
  desk.answer.value = "agreed";
  expect([desk.allows, desk.proof()]).toEqual([true, { notice_id: "n1", agreed: true }]);
  const stale = new Problem(409, "notice_stale", "", [], null, { notice: { ...NOTICE, id: "n2" } });
  expect(desk.refused(stale)).toBe(true);
  expect([desk.allows, desk.current.value?.id, desk.changed.value]).toEqual([false, "n2", true]);
  expect(desk.refused(new Problem(409, "conflict", ""))).toBe(false);
});

let server: Server;
beforeEach(() => {
  server = new Server();
  vi.stubGlobal("fetch", server.fetch);
});
afterEach(end);

const texts = (made: Session) => made.conversation.events.value.map(({ params }) => params.text);

test("nothing is kept or asked before the first message; then the visitor is made once", async () => {
  const { made, kept, log } = session();
  made.type();
  made.markRead(3);
  made.own.describe({ name: "Kari", email: 5, role: "admin" });
  await settle();
  expect([server.calls, kept.keys()]).toEqual([[], []]);
  made.send("one");
  made.send("two");
  await settle();
  expect(server.made).toBe(1);
  expect(server.bodies[0]).toEqual({ language: "de", page_url: "https://a.example/x" });
  expect(texts(made)).toEqual(["one", "two"]);
  expect(made.sending.pending.value).toEqual([]);
  expect(log).toEqual(["started"]);
  expect(kept.keys()).toEqual(["token"]);
  expect(server.calls).toContain("PATCH me");
  expect(server.bodies).toContainEqual({ name: "Kari" });
});

test("a reload goes on where it was", async () => {
  const first = session();
  first.made.send("one");
  await settle();
  const second = session(first.kept);
  expect(second.made.resume()).toBe(true);
  await settle();
  expect(texts(second.made)).toEqual(["one"]);
  expect(server.made).toBe(1);
});

test("coming back counts nothing as unread that was read", async () => {
  const kept = inMemory();
  kept.set("token", "token-1");
  server.tokens.add("token-1");
  server.events = [event(1, "visitor"), event(2), event(3)];
  server.read = 3;
  const { made } = session(kept);
  const counts: number[] = [];
  effect(() => void counts.push(made.unread.value));
  made.resume();
  await settle();
  expect([texts(made).length, new Set(counts)]).toEqual([3, new Set([0])]);
});

test("what was forgotten in another tab is not sent by this one", async () => {
  const first = session();
  server.refuse = () => new Response("", { status: 503 });
  first.made.send("not yet");
  await settle();
  // Storage is the same for both.
  for (const key of first.kept.keys()) first.kept.remove(key);
  first.made.follow();
  expect(first.made.sending.pending.value).toEqual([]);
});

test("a token that is no longer known is forgotten, and writing starts anew with the text", async () => {
  const { made, kept } = session();
  made.send("one");
  await settle();
  server.tokens.clear();
  server.events = [];
  made.send("two");
  await settle();
  expect(server.made).toBe(2);
  expect(kept.get("token")).toBe("token-2");
  expect(texts(made)).toEqual(["two"]);
});

test("a chat that ended elsewhere says so and keeps nothing", async () => {
  const kept = inMemory();
  kept.set("token", "gone");
  const { made } = session(kept);
  made.resume();
  await settle();
  expect([made.ended.value, made.token.value, kept.keys()]).toEqual([true, null, []]);
});

test("a notice in between gives the text back, shows itself, and no visitor is made", async () => {
  const { made, kept, notice, log } = session();
  const problem = { code: "notice_required", notice: NOTICE };
  server.refuse = () => new Response(JSON.stringify(problem), { status: 409 });
  made.send("one");
  await settle();
  expect(log).toEqual(["back: one"]);
  expect(notice.current.value).toEqual(NOTICE);
  expect([made.sending.pending.value, kept.keys()]).toEqual([[], []]);
  server.refuse = null;
  notice.saw();
  notice.answer.value = "agreed";
  made.send("one");
  await settle();
  expect(server.bodies).toContainEqual(expect.objectContaining({ notice_id: "n1", agreed: true }));
  expect(texts(made)).toEqual(["one"]);
});

test("being forgotten ends the token and leaves nothing behind", async () => {
  const { made, kept } = session();
  made.send("one");
  await settle();
  await made.forget();
  expect(server.calls.at(-1)).toBe("DELETE me/session");
  expect([kept.keys(), texts(made), made.token.value]).toEqual([[], [], null]);
});

test("answers count as unread until they were in view", async () => {
  const { made, log } = session();
  made.send("one");
  await settle();
  await made.conversation.take(event(2));
  await made.conversation.take(event(3));
  expect([made.unread.value, log.slice(1)]).toEqual([2, ["answer 2", "answer 3"]]);
  made.markRead(3);
  expect(made.unread.value).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 350));
  expect(server.bodies.at(-1)).toEqual({ seq: 3 });
});
