/** The visitor: nobody until the first message, then a token, an outbox and a stream. */

import { type Client, createClient, Problem, problemOf } from "../../shared/api";
import { backoff } from "../../shared/backoff";
import type { Kept } from "../../shared/kept";
import { inTurn } from "../../shared/leader";
import type { SharedStream } from "../../shared/shared-stream";
import type { StreamState } from "../../shared/stream";
import type {
  ChatEvent,
  OwnErasure,
  StartedVisitor,
  VisitorMe,
  VisitorSignals,
} from "../../shared/types";
import { computed, signal } from "../view/signals";
import { Conversation, isAnswer } from "./conversation";
import { listen } from "./listen";
import { MessageDesk } from "./message-desk";
import type { NoticeDesk } from "./notice";
import { OwnData } from "./own-data";
import { Sending } from "./sending";
import { Signs } from "./signs";

export interface Place {
  site: string;
  language: string;
  page: string;
}

export interface SessionEvents {
  onStarted: () => void;
  /** Who is there has changed. */
  onPresence: (presence: VisitorSignals["presence"]) => void;
  /** An answer arrived while the panel was there. */
  onAnswer: (event: ChatEvent) => void;
  onSent: (event: ChatEvent) => void;
  /** What could not be sent goes back to where it was written. */
  onReturn: (text: string, files: File[]) => void;
  /** A message could not be deleted, for the reason that the server's code names. */
  onKept: (code: string) => void;
  /** The page knows an e-mail address that the visitor has to decide about. */
  onAddress: (email: string) => void;
  /** The visitor is nobody again. */
  onGone: () => void;
}

const TOKEN = "token";

export class Session {
  readonly token = signal<string | null>(null);
  readonly own: OwnData;
  readonly streaming = signal<StreamState>("connecting");
  /** An earlier chat was here and is no longer ours to open. */
  readonly ended = signal(false);
  readonly conversation: Conversation;
  readonly messages: MessageDesk;
  readonly sending: Sending;
  readonly unread = computed(
    () =>
      this.conversation.events.value.filter(
        (e) => isAnswer(e) && !e.params.deleted_at && e.seq > this.#signs.read.value,
      ).length,
  );
  /** What the page says about the visitor's consents. */
  readonly consent = signal<Record<string, unknown>>({});

  #client: Client = createClient();
  #stream: SharedStream | null = null;
  /** What is written and a file that go at the same moment begin one chat. */
  #starting: Promise<void> | null = null;
  readonly #signs = new Signs();
  /** Who is writing: a name, or an empty text for somebody without one. */
  readonly typing = this.#signs.typing;

  constructor(
    private readonly place: Place,
    private readonly kept: Kept,
    private readonly notice: NoticeDesk,
    private readonly events: SessionEvents,
  ) {
    this.conversation = new Conversation(
      () => this.#client,
      (event) => this.#arrived(event),
    );
    const settle = () => this.settleNotice();
    this.messages = new MessageDesk(() => this.#client, settle, this.conversation, events.onKept);
    this.own = new OwnData(() => (this.token.value ? this.#client : null), events.onAddress);
    this.sending = new Sending(kept, {
      client: () => this.#client,
      ready: async () => {
        await this.#start();
        await settle();
        return this.token.value ?? "";
      },
      onSent: (event) => {
        events.onSent(event);
        return this.conversation.take(event);
      },
      onLost: (token) => this.#lost(token),
      gives: (refusal) => this.#gives(refusal),
      onReturn: events.onReturn,
    });
  }

  /** Go on with the chat that this browser has kept. Answers whether there is one. */
  resume(): boolean {
    const token = this.kept.get(TOKEN);
    if (token && token !== this.token.value) {
      this.#adopt(token);
      this.conversation.loading.value = true;
      void this.#load(token);
    }
    this.sending.outbox.reload();
    this.sending.outbox.flush();
    return token !== null;
  }

  /** Another tab has started or forgotten the visitor. */
  follow(): void {
    if (this.kept.get(TOKEN)) this.resume();
    else if (this.token.value) this.#drop();
    // What was to be sent may have been forgotten with the visitor.
    this.sending.outbox.reload();
  }

  /** Send what is written, and files after it, each as a message. */
  send(text: string, files: readonly File[] = []): void {
    this.ended.value = false;
    this.sending.add(text, files);
  }

  /** The bytes below an address of the visitor's own, such as a file. Throws `Problem`. */
  async fetch(path: string): Promise<Response> {
    const answer = await fetch(`/v1/widget/me/${path}`, {
      headers: { authorization: `Bearer ${this.token.value}` },
      credentials: "omit",
    });
    if (!answer.ok) throw problemOf(answer, "");
    return answer;
  }

  /** The visitor is typing. Nobody is told before there is a chat. */
  type(): void {
    if (this.token.value) this.#signs.type(this.#client);
  }

  /** Everything up to `seq` has been in view. */
  markRead(seq: number): void {
    if (this.token.value) this.#signs.markRead(this.#client, seq);
  }

  /** Tell the server that the current legal text was shown, or agreed to. */
  async settleNotice(): Promise<void> {
    const proof = this.notice.proof();
    const { due, allows } = this.notice;
    if (!due.value || !allows || !proof.notice_id || !this.token.value) return;
    await this.own.answer("notice", proof);
    this.notice.settle();
  }

  /** Ask for everything about the visitor to be erased, and be nobody; `never` get advertising. */
  async erase(never = false): Promise<OwnErasure> {
    const wish = never ? "?do_not_contact=true" : "";
    const asked = await this.#client.post<OwnErasure>(`/v1/widget/me/erasure${wish}`);
    await this.forget(false);
    return asked;
  }

  /** Forget everything that this browser has kept, and end the token where it still opens. */
  async forget(end = true): Promise<void> {
    const client = this.#client;
    const known = this.token.value !== null;
    if (known && end) await this.messages.flush();
    this.#drop();
    this.sending.outbox.clear();
    for (const key of this.kept.keys()) this.kept.remove(key);
    this.own.forget();
    this.ended.value = false;
    if (known && end) await client.del("/v1/widget/me/session", undefined, { keepalive: true });
  }

  /** Whether a refusal is about the legal text or the use of the data, and not about the message. */
  #gives(refusal: Problem): boolean {
    const restricted = refusal.code === "processing_restricted";
    // How it came to that is said beside the text that is given back.
    if (restricted) void this.own.refresh().catch(() => undefined);
    return restricted || this.notice.refused(refusal);
  }

  /** See that there is a visitor. Tabs that start at the same moment start one between them. */
  async #start(): Promise<void> {
    if (this.token.value) return;
    this.#starting ??= inTurn(`chathaven.${this.place.site}.start`, async () => {
      if (this.kept.get(TOKEN)) this.resume();
      else await this.#create();
    }).finally(() => {
      this.#starting = null;
    });
    await this.#starting;
  }

  async #create(): Promise<void> {
    const { site, language, page } = this.place;
    const body = { ...this.notice.proof(), language, ...(page && { page_url: page }) };
    const started = await this.#client.post<StartedVisitor>(`/v1/widget/${site}/visitors`, body);
    this.kept.set(TOKEN, started.token);
    this.#adopt(started.token);
    this.notice.settle();
    this.#listen();
    this.events.onStarted();
    void this.own.tell();
  }

  /** Be this visitor. A 401 for an earlier token must not end a later one. */
  #adopt(token: string): void {
    this.#drop(this.token.value !== null);
    this.#client = createClient({
      token: () => token,
      onSignedOut: () => this.#lost(token),
    });
    this.token.value = token;
    this.ended.value = false;
  }

  async #load(token: string): Promise<void> {
    for (let attempt = 0; this.token.value === token; attempt += 1) {
      try {
        await this.#loadNow();
        if (this.token.value === token) this.#listen();
        return;
      } catch (cause) {
        if (!(cause instanceof Problem) || cause.status === 401) return;
        this.streaming.value = "waiting";
        await new Promise((resolve) => setTimeout(resolve, backoff(attempt, cause.retryAfter)));
      }
    }
  }

  async #loadNow(): Promise<void> {
    const client = this.#client;
    const me = await client.get<VisitorMe>("/v1/widget/me");
    if (client !== this.#client) return;
    this.own.me.value = me;
    // Before the messages are there: what was read is never counted as unread.
    this.#signs.readTo(me.chat?.visitor_read_seq);
    await this.conversation.load(me.chat?.last_seq ?? 0);
    void this.own.tell();
  }

  #listen(): void {
    const token = this.token.value ?? "";
    this.#stream?.close();
    this.#stream = listen(this.place.site, token, this.conversation, {
      onState: (state) => {
        this.streaming.value = state;
        if (state === "open") this.sending.outbox.flush();
      },
      onPresence: this.events.onPresence,
      onRead: (seq) => this.#signs.readTo(seq),
      onTyping: (author) => this.#signs.show(author),
      reload: () => this.#loadNow(),
      onEnded: () => this.#lost(token),
    });
  }

  #arrived(event: ChatEvent): void {
    this.sending.outbox.acknowledge(event.id);
    if (!isAnswer(event)) return;
    this.#signs.hide();
    this.events.onAnswer(event);
  }

  #lost(token: string): void {
    if (this.token.value !== token) return;
    for (const key of this.kept.keys()) {
      // Messages that were not sent are the visitor's own, and open nothing.
      if (!key.startsWith("out.")) this.kept.remove(key);
    }
    this.#drop();
    this.ended.value = true;
  }

  /** Be nobody again, in this tab. */
  #drop(clear = true): void {
    const had = this.token.value !== null;
    this.#stream?.close();
    this.#stream = null;
    this.#client = createClient();
    this.token.value = null;
    this.own.me.value = null;
    this.#signs.clear();
    this.messages.reset();
    this.sending.uploads.stopAll();
    if (!clear) return;
    this.conversation.clear();
    if (had) this.notice.reset();
    this.events.onGone();
  }
}
