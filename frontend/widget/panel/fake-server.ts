/** A server with one site and its visitors, as far as tests of a session need one. */
import { inMemory, type Kept } from "../../shared/kept";
import type { ChatEvent, Notice } from "../../shared/types";
import { NoticeDesk } from "./notice";
import { Session } from "./session";

export const event = (
  seq: number,
  kind: "visitor" | "operator" = "operator",
  at = seq,
): ChatEvent => ({
  seq,
  id: `e${seq}`,
  type: `${kind}-message`,
  author: { kind, id: null, name: kind === "operator" ? "Anna" : null },
  params: { text: `text ${seq}` },
  created_at: new Date(Date.UTC(2026, 10, 20, 12, at)).toISOString(),
});

export const NOTICE: Notice = {
  id: "n1",
  text: "",
  language: "en",
  sha256: "",
  requires_agreement: true,
  version: 1,
};

export class Server {
  calls: string[] = [];
  tokens = new Set<string>();
  events: ChatEvent[] = [];
  bodies: Record<string, unknown>[] = [];
  refuse: ((call: string) => Response | null) | null = null;
  receipts: unknown[] = [];
  made = 0;
  read = 0;

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const path = new URL(url, "http://x").pathname.replace("/v1/widget/", "");
    const call = `${init.method ?? "GET"} ${path}`;
    this.calls.push(call);
    const body = init.body ? JSON.parse(String(init.body)) : {};
    this.bodies.push(body);
    const refused = this.refuse?.(call);
    if (refused) return refused;
    const json = (status: number, value: unknown) =>
      new Response(JSON.stringify(value), { status });
    if (path === "site/visitors") {
      this.made += 1;
      this.tokens.add(`token-${this.made}`);
      return json(201, { visitor: { id: "v" }, token: `token-${this.made}`, expires_at: "" });
    }
    const token = new Headers(init.headers).get("authorization")?.slice(7) ?? "";
    if (!this.tokens.has(token)) return json(401, { code: "unauthenticated" });
    if (path === "me/stream") return new Response(new ReadableStream());
    if (path === "me/events") return json(200, { items: this.events, next: null });
    if (path === "me/messages") {
      const seq = this.events.length + 1;
      this.events.push({ ...event(seq, "visitor"), id: body.id, params: { text: body.text } });
      return json(201, { id: body.id, seq, chat_id: "c", created_at: new Date().toISOString() });
    }
    if (path === "me/erasure") {
      this.tokens.delete(token);
      return json(202, { erasure: { id: "e1", status: "queued", requested_at: "" }, nonce: "n0" });
    }
    const chat = { last_seq: this.events.length, visitor_read_seq: this.read };
    return json(200, {
      visitor: { id: "v", ...body },
      chat,
      marketing: null,
      receipts: this.receipts,
    });
  };
}

const sessions: Session[] = [];

/** A session, and what it has said. `end` it, or its streams go on. */
export function session(kept: Kept = inMemory()) {
  const notice = new NoticeDesk();
  const log: string[] = [];
  const made = new Session(
    { site: "site", language: "de", page: "https://a.example/x" },
    kept,
    notice,
    {
      onStarted: () => log.push("started"),
      onPresence: () => undefined,
      onAnswer: ({ seq }) => log.push(`answer ${seq}`),
      onSent: () => undefined,
      onReturn: (text, files) => log.push(`back: ${[text, ...files.map(({ name }) => name)]}`),
      onKept: (code) => log.push(`kept: ${code}`),
      onAddress: (email) => log.push(`address: ${email}`),
      onGone: () => log.push("gone"),
    },
  );
  sessions.push(made);
  return { made, kept, notice, log };
}

export async function end(): Promise<void> {
  for (const one of sessions.splice(0)) await one.forget();
}

/** Until everything that was asked has been answered. */
export const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
