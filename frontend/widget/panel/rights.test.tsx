import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inMemory } from "../../shared/kept";
import type { Widget } from "../../shared/types";
import { computed, effect, signal } from "../view/signals";
import { EmailDesk } from "./email-desk";
import { EmbedDesk } from "./embed-desk";
import { end, NOTICE, Server, session, settle } from "./fake-server";

let server: Server;
beforeEach(() => {
  server = new Server();
  vi.stubGlobal("fetch", server.fetch);
});
afterEach(end);

const refusal = (code: string, more: object = {}) =>
  new Response(JSON.stringify({ code, ...more }), {
    status: code.startsWith("marketing") ? 422 : 409,
  });

async function begun() {
  const all = session();
  all.made.send("one");
  await settle();
  return all;
}

test("a text that changes in the middle gives the message back, and is told before the next", async () => {
  const { made, notice, log } = await begun();
  server.refuse = (call) =>
    call.endsWith("me/messages") ? refusal("notice_stale", { notice: NOTICE }) : null;
  made.send("two");
  await settle();
  expect(log).toContain("back: two");
  expect([notice.due.value, made.token.value]).toEqual([true, "token-1"]);
  server.refuse = null;
  notice.saw();
  notice.answer.value = "agreed";
  made.send("two");
  await settle();
  const after = server.calls.slice(server.calls.lastIndexOf("POST me/notice"));
  expect(after).toContain("POST me/messages");
  expect(server.bodies).toContainEqual({ notice_id: "n1", agreed: true });
  expect(notice.due.value).toBe(false);
});

test("what asks for agreement is never answered with a withdrawal by sending", async () => {
  const { made, notice } = await begun();
  notice.show(NOTICE);
  notice.saw();
  notice.ask();
  await made.settleNotice();
  expect(server.calls).not.toContain("POST me/notice");
});

test("only a text that was on the screen is said to have been shown", () => {
  const { notice } = session();
  notice.show({ ...NOTICE, requires_agreement: false });
  expect(notice.proof()).toEqual({});
  notice.saw();
  expect(notice.proof()).toEqual({ notice_id: "n1" });
  notice.reset();
  expect(notice.proof()).toEqual({});
});

test("erasing leaves nothing, tells nothing more, and the next message is somebody new", async () => {
  const { made, kept, log } = await begun();
  const asked = await made.erase();
  expect(asked.nonce).toBe("n0");
  expect([kept.keys(), made.token.value, made.own.me.value, made.ended.value]).toEqual([
    [],
    null,
    null,
    false,
  ]);
  expect(server.calls).not.toContain("DELETE me/session");
  expect(log).toContain("gone");
  made.send("new");
  await settle();
  expect(kept.get("token")).toBe("token-2");
});

test("erased by somebody else, everything but unsent words is forgotten", async () => {
  const { made, kept } = await begun();
  kept.set("asked", "1");
  kept.set("out.x", "{}");
  server.tokens.clear();
  await made.own.refresh().catch(() => undefined);
  expect([kept.keys(), made.token.value, made.ended.value]).toEqual([["out.x"], null, true]);
});

test("an address from the page that needs an answer waits for the visitor; the rest is told", async () => {
  const { made, log } = await begun();
  server.refuse = (call) =>
    call === "PATCH me" && server.bodies.at(-1)?.email
      ? refusal("marketing_answer_required")
      : null;
  made.own.describe({ name: "Kari", email: "kari@shop.example" });
  await settle();
  expect(log).toContain("address: kari@shop.example");
  expect(server.bodies.at(-1)).toEqual({ name: "Kari" });
});

function desk(
  made: ReturnType<typeof session>["made"],
  when: "always" | "offline",
  online = false,
) {
  const marketing = { enabled: false, question: null };
  const email_request = { enabled: true, when, text: null, marketing };
  const widget = signal<Widget | null>({ online, email_request } as Widget);
  const kept = inMemory();
  return { desk: new EmailDesk(made, widget, kept), widget, kept };
}

test("the address is asked for after the first message, once, and not while it is known", async () => {
  const { made } = session();
  const { desk: email, kept } = desk(made, "always");
  expect(email.asks.value).toBe(false);
  made.send("one");
  await settle();
  expect(email.asks.value).toBe(true);
  email.address.value = " kari@shop.example ";
  await email.save();
  expect(server.bodies.at(-1)).toEqual({ email: "kari@shop.example" });
  expect([email.asks.value, email.given.value, kept.get("asked")]).toEqual([false, true, "1"]);
});

test("asked while nobody is there, it goes when somebody comes, unless one is typing", async () => {
  const { made } = await begun();
  const { desk: email, widget } = desk(made, "offline");
  expect(email.asks.value).toBe(true);
  widget.value = { ...widget.value, online: true } as Widget;
  expect(email.asks.value).toBe(false);
  email.address.value = "k";
  expect(email.asks.value).toBe(true);
  email.dismiss();
  expect(email.asks.value).toBe(false);
});

test("the visitor's own word outranks the browser's signal, and that the page", async () => {
  const { made } = session();
  const embeds = new EmbedDesk(made);
  expect(embeds.answer("youtube")).toBeNull();
  made.consent.value = { youtube: true, embeds: false };
  expect([embeds.answer("youtube"), embeds.answer("vimeo")]).toEqual(["yes", "no"]);
  vi.spyOn(embeds, "signalled", "get").mockReturnValue(true);
  expect(embeds.answer("youtube")).toBe("no");
  embeds.say("youtube", "yes");
  expect([embeds.answer("youtube"), embeds.answer("vimeo")]).toEqual(["yes", "no"]);
  expect(server.calls).toEqual([]);
  made.send("one");
  await settle();
  embeds.tell();
  await settle();
  expect(server.bodies).toContainEqual({ provider: "youtube", answer: "yes" });
});

test("the signal is the browser's, now or when the visitor began", async () => {
  const { made } = await begun();
  const embeds = new EmbedDesk(made);
  made.consent.value = { youtube: true };
  expect(embeds.answer("youtube")).toBe("yes");
  Object.defineProperty(navigator, "globalPrivacyControl", { value: true, configurable: true });
  expect([embeds.answer("youtube"), embeds.answer("vimeo")]).toEqual(["no", "no"]);
  Reflect.deleteProperty(navigator, "globalPrivacyControl");
  expect(embeds.answer("youtube")).toBe("yes");
  server.receipts = [{ subject: "gpc", answer: "refused" }];
  await made.own.refresh();
  expect([embeds.answer("youtube"), embeds.answer("vimeo")]).toEqual(["no", "no"]);
});

test("what was answered before is read from the receipts, the newest first", async () => {
  server.receipts = [
    { subject: "embed:vimeo", answer: "withdrawn" },
    { subject: "embed:vimeo", answer: "given" },
    { subject: "embed:spotify", answer: "given" },
  ];
  const { made } = await begun();
  await made.own.refresh();
  const embeds = new EmbedDesk(made);
  expect([embeds.chosen("vimeo"), embeds.chosen("spotify"), embeds.chosen("youtube")]).toEqual([
    "no",
    "yes",
    null,
  ]);
});

test("components and effects follow the signals that they have read, and no others", async () => {
  const [count, shown] = [signal(1), signal(true)];
  const double = computed(() => count.value * 2);
  const seen: number[] = [];
  const stop = effect(() => {
    if (shown.value) seen.push(double.value);
  });
  const root = document.createElement("div");
  const Child = () => <b>{double.value}</b>;
  const Parent = () => (shown.value ? <Child /> : null);
  render(<Parent />, root);
  count.value = 2;
  await settle();
  expect([seen, root.innerHTML]).toEqual([[2, 4], "<b>4</b>"]);
  shown.value = false;
  count.value = 3;
  await settle();
  expect([seen, root.innerHTML]).toEqual([[2, 4], ""]);
  stop();
  shown.value = true;
  expect(seen).toEqual([2, 4]);
});
