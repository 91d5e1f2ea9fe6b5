/** The panel's state: what is known about the site, the visitor's chat, and what is on screen. */

import { createClient, Problem } from "../../shared/api";
import { backoff } from "../../shared/backoff";
import { createTranslator, pickLanguage, type Translator } from "../../shared/i18n";
import { inBrowser } from "../../shared/kept";
import type { ChatEvent, OwnErasure, SentFile, Widget } from "../../shared/types";
import { computed, effect, signal } from "../view/signals";
import { Draft } from "./draft";
import { EmailDesk } from "./email-desk";
import { EmbedDesk } from "./embed-desk";
import { siteIsGone } from "./gone";
import { type Host, objectOf } from "./host";
import { Network } from "./network";
import { NoticeDesk } from "./notice";
import { paint } from "./paint";
import { Session } from "./session";
import { K, type Key } from "./texts/keys";
import { LANGUAGES, type Language, loadTexts } from "./texts/load";

/** Who is there is asked again when the panel opens after this long without a chat. */
const STALE = 60_000;

export type Phase = "loading" | "ready" | "unreachable";

export class Panel {
  readonly phase = signal<Phase>("loading");
  readonly widget = signal<Widget | null>(null);
  readonly privacy = signal(false);
  /** Said to people who listen instead of look. */
  readonly spoken = signal("");
  readonly notice = new NoticeDesk();
  readonly draft: Draft;
  /** The picture that is shown large. */
  readonly viewing = signal<SentFile | null>(null);
  readonly session: Session;
  readonly network: Network;
  readonly embeds: EmbedDesk;
  readonly email: EmailDesk;
  /** What the visitor may keep as proof of their own erasure. */
  readonly erasure = signal<OwnErasure | null>(null);
  /** The place for writing should have the focus. */
  readonly writing = signal(false);
  #loaded = 0;
  #unstored = false;
  /** Somebody wanted to send before it was known what has to be shown first. */
  #early = false;
  readonly bar = computed<Key | null>(() => {
    const { offline, away } = this.network;
    if (offline.value) return K.offline;
    return away.value && this.session.token.value ? K.reconnecting : null;
  });
  /** Why what was sent has to wait, in words; empty when it has not. */
  readonly paused = computed(() => {
    const { pending } = this.session.sending;
    const until = pending.value.find((item) => item.until && !item.failure)?.until;
    return until ? this.text.t(K.paused, { time: this.text.time(new Date(until)) }) : "";
  });

  private constructor(
    readonly site: string,
    readonly host: Host,
    readonly text: Translator<Key>,
    /** The visitor can put the panel away: there is a launcher. */
    readonly closable: boolean,
    private readonly locale: string,
    private readonly look: Record<string, unknown>,
    page: string,
  ) {
    // Refused on the page that hosts the widget, storage is as good as blocked.
    const storage = () => {
      if (this.#unstored) throw new DOMException("", "SecurityError");
      return localStorage;
    };
    const kept = inBrowser(`chathaven.${site}.`, storage);
    const place = { site, language: text.language, page };
    this.draft = new Draft(
      text,
      this.widget,
      () => this.session.messages,
      (problem) => this.notice.refused(problem),
    );
    this.session = new Session(place, kept, this.notice, {
      onStarted: () => {
        host.say({ type: "started" });
        this.embeds.tell();
      },
      onPresence: ({ online, operators }) => {
        if (this.widget.value) this.widget.value = { ...this.widget.value, online, operators };
      },
      onAnswer: (event) => this.#announce(event),
      onSent: ({ params: { file } }) => {
        // Words are there at once; a file takes its time.
        if (file) this.spoken.value = `${file.name}: ${text.t(K.sent)}`;
      },
      onReturn: (text, files) => this.draft.back(text, files),
      onKept: (code) => this.draft.complain(code),
      onAddress: (email) => {
        this.email.address.value ||= email;
      },
      onGone: () => {
        this.draft.leave();
        this.spoken.value = "";
        this.viewing.value = null;
        this.email.reset();
        this.embeds.said.value = {};
        void this.#again();
      },
    });
    this.embeds = new EmbedDesk(this.session);
    this.email = new EmailDesk(this.session, this.widget, kept);
    this.network = new Network(this.session.streaming);
    this.draft.keep(kept, this.session.token);
    effect(() => {
      if (this.paused.value) this.spoken.value = this.paused.value;
    });
    host.open.subscribe((open) => {
      const stale = Date.now() - this.#loaded > STALE;
      if (open && stale && this.widget.value && !this.session.token.value) void this.#again();
    });
    addEventListener("storage", ({ key }) => {
      if (key === null || key === `chathaven.${site}.token`) this.session.follow();
    });
    host.listen({
      onVisitor: (data) => this.session.own.describe(data),
      onResume: () => host.say({ type: "resumed", started: this.session.resume() }),
      onForget: () => void this.forget(),
      onConsent: (map) => {
        this.session.consent.value = map;
        const denied = [false, "denied"].includes(map.functionality_storage as never);
        if (denied === this.#unstored) return;
        const there = kept.keys().map((key) => [key, kept.get(key) ?? ""] as const);
        for (const [key] of there) kept.remove(key);
        this.#unstored = denied;
        for (const [key, value] of there) kept.set(key, value);
      },
    });
  }

  /** Wait for the page's wishes, then load the texts and what there is to know about the site. */
  static async open(site: string, host: Host): Promise<Panel> {
    const set = await host.configured;
    const wanted = [set?.language, ...navigator.languages];
    const language = pickLanguage<Language>(wanted, LANGUAGES, "en");
    const locale = wanted.find((one) => one?.toLowerCase().startsWith(language)) ?? language;
    const texts = await loadTexts(language);
    const text = createTranslator(language, texts, locale);
    const closable = set !== null && !set.embedded;
    const look = objectOf(set?.look ?? "{}");
    const panel = new Panel(site, host, text, closable, locale, look, set?.page ?? "");
    void panel.#load();
    return panel;
  }

  get teamName(): string {
    const { widget } = this;
    const set = this.#set("team_name", "teamName");
    return (
      set || widget.value?.appearance.team_name || widget.value?.site.name || this.text.t(K.team)
    );
  }

  get greeting(): string {
    const online = this.widget.value?.online;
    const set = online
      ? this.#set("greeting_online", "onlineWelcome")
      : this.#set("greeting_offline", "offlineWelcome");
    const fallback = this.text.t(online ? K.greeting_online : K.greeting_offline);
    return set || this.widget.value?.appearance.greeting || fallback;
  }

  /** Try again at once. */
  retry(): void {
    this.phase.value = "loading";
    void this.#load();
  }

  /** Send what is in the composer, or give the message that is there its new text. */
  send(): boolean {
    const { draft } = this;
    if (this.session.messages.editing.value) {
      void draft.save().then((saved) => {
        if (saved) this.spoken.value = this.text.t(K.edited);
      });
      return false;
    }
    if (draft.empty) return false;
    if (this.phase.value !== "ready") {
      this.#early = true;
      return false;
    }
    if ((this.notice.due.value || !this.session.token.value) && !this.notice.allows) {
      this.notice.answer.value = "open";
      this.notice.held.value += 1;
      return false;
    }
    // What was said about the address belongs to where the chat was then.
    this.email.given.value = false;
    this.session.send(...draft.take());
    return true;
  }

  /** The visitor agrees: what the text has held back goes, else there is room to write. */
  agree(): void {
    const held = this.notice.held.value > 0;
    this.notice.answer.value = "agreed";
    this.notice.held.value = 0;
    this.writing.value = true;
    if (held && this.send()) return;
    // Sending says it again when it cannot be said now.
    this.session.settleNotice().catch(() => undefined);
  }

  /** Erase everything about the visitor, here and at the server. */
  async erase(never: boolean): Promise<void> {
    this.erasure.value = await this.session.erase(never);
    this.draft.clear();
  }

  /** Back to the conversation, from where somebody has looked at what is held. */
  leavePrivacy(): void {
    this.privacy.value = false;
    this.erasure.value = null;
  }

  async forget(): Promise<void> {
    this.draft.clear();
    this.privacy.value = false;
    this.notice.answer.value = "open";
    await this.session.forget().catch(() => undefined);
  }

  #set(...names: string[]): string {
    const found = names.map((name) => this.look[name]).find((value) => typeof value === "string");
    return (found as string | undefined) ?? "";
  }

  /** Ask again how the site looks and what it asks. */
  reload(): Promise<void> {
    return this.#load();
  }

  async #again(): Promise<void> {
    if (await siteIsGone()) this.host.say({ type: "gone" });
    else await this.#load();
  }

  async #load(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const query = { language: this.locale };
        const widget = await createClient().get<Widget>(`/v1/widget/${this.site}`, { query });
        this.#show(widget);
        return;
      } catch (cause) {
        const problem = cause as Problem;
        if (!(problem instanceof Problem) || !problem.passing) {
          this.host.say({ type: "gone" });
          this.phase.value = "unreachable";
          return;
        }
        if (attempt > 0) this.phase.value = "unreachable";
        const again = backoff(attempt + 1, problem.retryAfter);
        await new Promise((resolve) => setTimeout(resolve, again));
        if (this.widget.value) return;
      }
    }
  }

  #show(widget: Widget): void {
    this.#loaded = Date.now();
    const set = this.#set("color", "windowColor");
    this.host.say({ type: "look", ...paint(set, widget.appearance.color) });
    this.widget.value = widget;
    this.notice.show(widget.notice);
    this.phase.value = "ready";
    const there = this.session.resume();
    // Sent before the answer came. What is to be read first is read first.
    if (this.#early && (there || !widget.notice)) this.send();
    this.#early = false;
  }

  #announce(event: ChatEvent): void {
    const name = event.author.name ?? this.teamName;
    const { text, file } = event.params;
    this.spoken.value = `${name}: ${text || file?.name}`;
  }
}
