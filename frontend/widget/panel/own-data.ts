/** What the server holds about the visitor, as the visitor sees it and may change it. */
import { type Client, Problem } from "../../shared/api";
import type { VisitorMe } from "../../shared/types";
import { signal } from "../view/signals";
import { described } from "./host";

export class OwnData {
  readonly me = signal<VisitorMe | null>(null);
  /** What the page has said about the visitor. */
  #said: Record<string, string | null> = {};

  constructor(
    /** The visitor's client; `null` while the visitor is nobody. */
    private readonly client: () => Client | null,
    /** The page knows an e-mail address that the visitor has to decide about. */
    private readonly onAddress: (email: string) => void,
  ) {}

  /** See how things stand now. */
  async refresh(): Promise<void> {
    await this.#ask((client) => client.get<VisitorMe>("/v1/widget/me"));
  }

  /** Correct what the visitor has said of themselves, or answer the marketing question. */
  async correct(body: Record<string, string | null>): Promise<void> {
    await this.#ask((client) => client.patch<VisitorMe>("/v1/widget/me", body));
  }

  /** Lift the restriction that the visitor has asked for. */
  async lift(): Promise<void> {
    await this.client()?.del("/v1/widget/me/restriction");
    await this.refresh();
  }

  /** Answer something else that is asked; the server says how things stand then. */
  async answer(what: "notice" | "embeds", body: object): Promise<void> {
    const path = `/v1/widget/me/${what}`;
    if (!(await this.#ask((client) => client.post<VisitorMe>(path, body)))) await this.refresh();
  }

  /** Ask, and keep the answer while the visitor is still the same. Answers whether there was one. */
  async #ask(question: (client: Client) => Promise<VisitorMe>): Promise<boolean> {
    const client = this.client();
    if (!client) return true;
    const me = await question(client);
    if (!me?.receipts) return false;
    if (client === this.client()) this.me.value = me;
    return true;
  }

  /** Name, e-mail and phone as the page gives them. Told to the server once there is a visitor. */
  describe(data: Record<string, unknown>): void {
    this.#said = { ...this.#said, ...described(data) };
    void this.tell();
  }

  async tell(): Promise<void> {
    const known = this.me.value?.visitor as Record<string, unknown> | undefined;
    const news = Object.entries(this.#said).filter(([field, value]) => known?.[field] !== value);
    if (news.length === 0) return;
    try {
      await this.correct(Object.fromEntries(news));
    } catch (cause) {
      // What the page says about a visitor is not worth disturbing them for. An address that may
      // be stored only with an answer of their own waits for the visitor.
      if (!(cause instanceof Problem) || cause.code !== "marketing_answer_required") return;
      const { email, ...rest } = this.#said;
      this.#said = rest;
      this.onAddress(String(email ?? ""));
      await this.tell();
    }
  }

  /** What the page has said belongs to the visitor who goes. */
  forget(): void {
    this.#said = {};
  }
}
