import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Catalogue, createTranslator } from "../../shared/i18n";
import type { ChatEvent, Widget } from "../../shared/types";
import { signal } from "../view/signals";
import { folded } from "./conversation";
import { Draft, sizeText } from "./draft";
import { end, event, Server, session, settle } from "./fake-server";
import { rowsOf } from "./rows";
import en from "./texts/en";
import type { Key } from "./texts/keys";

/** An upload that gets as far as the test lets it. */
class Request {
  static all: Request[] = [];
  readonly upload: { onprogress?: (event: object) => void } = {};
  readonly headers: Record<string, string> = {};
  status = 0;
  responseText = "";
  form = new FormData();
  onload = () => undefined;
  onerror = () => undefined;
  onabort = () => undefined;
  open = () => void Request.all.push(this);
  setRequestHeader = (name: string, value: string) => {
    this.headers[name] = value;
  };
  getResponseHeader = () => null;
  send = (form: FormData) => {
    this.form = form;
  };
  abort = () => this.onabort();
  answer(status: number, body: object) {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.onload();
  }
  taken(seq: number) {
    const id = this.form.get("id");
    const file = { id, name: "a.pdf", size: 1, kind: "document", thumbnail: false };
    this.answer(201, { id, seq, chat_id: "c", created_at: new Date().toISOString(), file });
  }
}

let server: Server;
beforeEach(() => {
  server = new Server();
  Request.all = [];
  vi.stubGlobal("fetch", server.fetch);
  vi.stubGlobal("XMLHttpRequest", Request);
});
afterEach(end);

const pdf = (name = "a.pdf") => new File(["x"], name);

test("words do not wait for a file, and both begin one chat", async () => {
  const { made, kept } = session();
  made.send("one", [pdf(), pdf("b.pdf")]);
  await settle();
  expect(server.made).toBe(1);
  expect(made.conversation.events.value.map(({ params }) => params.text)).toEqual(["one"]);
  expect(kept.keys().filter((key) => key.startsWith("out."))).toEqual([]);
  // One after the other, with the visitor's token.
  expect(Request.all).toHaveLength(1);
  const [first] = Request.all;
  expect(first?.headers.authorization).toBe("Bearer token-1");
  const id = String(first?.form.get("id"));
  first?.upload.onprogress?.({ loaded: 1, total: 4 });
  expect(made.sending.uploads.progress.value).toEqual({ [id]: 0.25 });
  first?.taken(2);
  await settle();
  expect(made.conversation.events.value.at(-1)).toMatchObject({ id, params: { file: { id } } });
  expect(made.sending.uploads.progress.value).toEqual({});
  expect(made.sending.pending.value.map(({ file }) => file?.name)).toEqual(["b.pdf"]);
  expect(Request.all).toHaveLength(2);
});

test("a lost connection is tried again with the same id; what is refused stays with its reason", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const { made } = session();
  made.send("", [pdf()]);
  await settle();
  Request.all[0]?.onerror();
  await settle();
  expect(made.sending.pending.value[0]?.failure).toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 520));
  expect(Request.all).toHaveLength(2);
  expect(Request.all[1]?.form.get("id")).toBe(Request.all[0]?.form.get("id"));
  Request.all[1]?.answer(415, { code: "unsupported_media" });
  await settle();
  const [refused] = made.sending.pending.value;
  expect(refused?.failure?.code).toBe("unsupported_media");
  made.sending.outbox.retry(refused?.id ?? "");
  await settle();
  expect(Request.all[2]?.form.get("id")).not.toBe(refused?.id);
});

test("a file that is taken back on its way is stopped, and the next one goes", async () => {
  const { made } = session();
  made.send("", [pdf(), pdf("b.pdf")]);
  await settle();
  const abort = vi.spyOn(Request.all[0] as Request, "abort");
  made.sending.take(made.sending.pending.value[0]?.id ?? "");
  await settle();
  expect(abort).toHaveBeenCalledOnce();
  expect(made.sending.pending.value.map(({ file }) => file?.name)).toEqual(["b.pdf"]);
  expect(Request.all[1]?.form.get("file")).toHaveProperty("name", "b.pdf");
});

test("a file that is taken back before there is a visitor is never sent", async () => {
  const { made } = session();
  made.send("", [pdf("secret.pdf"), pdf("b.pdf")]);
  made.sending.take(made.sending.pending.value[0]?.id ?? "");
  await settle();
  expect(Request.all.map(({ form }) => (form.get("file") as File).name)).toEqual(["b.pdf"]);
});

test("what the legal text holds back gives files back with the words", async () => {
  const { made, log } = session();
  const problem = { code: "notice_required", notice: null };
  server.refuse = () => new Response(JSON.stringify(problem), { status: 409 });
  made.send("one", [pdf()]);
  await settle();
  expect(log.sort()).toEqual(["back: one,a.pdf"]);
  expect([Request.all, made.sending.pending.value]).toEqual([[], []]);
});

const change = (type: ChatEvent["type"], params: object) => ({ type, params });

test("a newer text and a deletion go into the message, and gone stays gone", () => {
  const all = [event(1, "visitor"), event(2)];
  const edit = change("message-edited", { message_id: "e1", text: "new", edited_at: "t" });
  const edited = folded(all, edit);
  expect(edited[0]?.params).toEqual({ text: "new", edited_at: "t" });
  expect(edited[1]).toBe(all[1]);
  const gone = { deleted_at: "t", deleted_by: "visitor" };
  const deleted = folded(edited, change("message-deleted", { message_id: "e1", ...gone }));
  expect(deleted[0]?.params).toEqual(gone);
  expect(folded(deleted, edit)[0]?.params).toEqual(gone);
  expect(folded(all, event(3))).toBe(all);
});

test("events that tell of changes are folded as they come, and have no line of their own", async () => {
  const { made, log } = session();
  made.send("one");
  await settle();
  await made.conversation.take(event(2));
  const { id } = made.conversation.events.value[1] as ChatEvent;
  const params = { message_id: id, text: "other", edited_at: new Date().toISOString() };
  await made.conversation.take({ ...event(3), type: "message-edited", params });
  expect(made.conversation.events.value[1]?.params.text).toBe("other");
  expect(
    rowsOf(made.conversation.events.value, []).filter(({ kind }) => kind === "group"),
  ).toHaveLength(2);
  expect(log).not.toContain("answer 3");
  const gone = { message_id: id, deleted_at: params.edited_at, deleted_by: "operator" as const };
  await made.conversation.take({ ...event(4), type: "message-deleted", params: gone });
  expect([made.unread.value, made.conversation.last]).toEqual([0, 4]);
});

test("a deletion is sent when its time is over, unless it is undone", async () => {
  const { made } = session();
  made.send("one");
  await settle();
  const id = made.messages.last;
  vi.useFakeTimers();
  made.messages.remove(id);
  made.messages.undo(id);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.calls).not.toContain(`DELETE me/messages/${id}`);
  made.messages.remove(id);
  await vi.advanceTimersByTimeAsync(9_000);
  vi.useRealTimers();
  expect(server.calls).toContain(`DELETE me/messages/${id}`);
  expect(made.conversation.events.value[0]?.params.deleted_by).toBe("visitor");
  expect(made.messages.last).toBe("");
});

test("a deletion that is refused brings the message back and says why", async () => {
  const { made, log } = session();
  made.send("one");
  await settle();
  server.refuse = (call) =>
    call.startsWith("DELETE") ? new Response('{"code":"held"}', { status: 409 }) : null;
  made.messages.remove(made.messages.last);
  dispatchEvent(new Event("pagehide"));
  await settle();
  server.refuse = null;
  expect(log.at(-1)).toBe("kept: held");
  expect(made.messages.leaving.value.size).toBe(0);
  expect(made.conversation.events.value[0]?.params.text).toBe("one");
});

function draft() {
  const { made } = session();
  const files = { max_bytes: 10, accept: [".txt", ".pdf"] };
  const widget = signal({ files } as unknown as Widget | null);
  const words = createTranslator<Key>("en", en as Catalogue);
  return {
    made,
    widget,
    draft: new Draft(
      words,
      widget,
      () => made.messages,
      () => false,
    ),
  };
}

test("only what is taken is put beside the words, and the rest is named", () => {
  const { draft: own, widget } = draft();
  own.attach([pdf("A.PDF"), new File(["12345678901"], "long.txt"), pdf("x.svg")]);
  expect(own.files.value.map(({ name }) => name)).toEqual(["A.PDF"]);
  expect(own.wrong.value).toBe("“x.svg” is of a kind that is not taken. Taken are txt, pdf.");
  expect(own.empty).toBe(false);
  expect(own.take()).toEqual(["", [expect.any(File)]]);
  expect([own.empty, own.wrong.value]).toEqual([true, ""]);
  widget.value = null;
  own.attach([pdf()]);
  expect(own.files.value).toEqual([]);
});

test("editing puts aside what was being written, and brings it back", async () => {
  const { made, draft: own } = draft();
  made.send("one");
  await settle();
  own.text.value = "half";
  own.edit(made.messages.last);
  expect(own.text.value).toBe("one");
  own.leave();
  expect(own.text.value).toBe("half");
  own.edit(made.messages.last);
  own.text.value = "two";
  expect(await own.save()).toBe(true);
  expect([own.text.value, made.messages.editing.value]).toEqual(["half", null]);
  expect(server.bodies).toContainEqual({ text: "two" });
  expect(made.conversation.events.value[0]?.params.text).toBe("two");
});

test("sizes are written as the language does", () => {
  expect([45, 1536, 20 * 2 ** 20].map((bytes) => sizeText(bytes, "en"))).toEqual([
    "0.1 kB",
    "1.5 kB",
    "20 MB",
  ]);
  expect(sizeText(1536, "de")).toBe("1,5 kB");
});
