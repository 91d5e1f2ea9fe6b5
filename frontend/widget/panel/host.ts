/** The page around the frame: one port, exact origins, every message checked. */

import type { ToFrame, ToLoader } from "../protocol";
import { signal } from "../view/signals";

type Configure = Extract<ToFrame, { type: "configure" }>;

export interface HostEvents {
  onVisitor: (data: Record<string, unknown>) => void;
  onResume: () => void;
  onForget: () => void;
  onConsent: (map: Record<string, unknown>) => void;
}

/** Without a word from the page after this long, the frame goes on by itself. Pages can be busy. */
const PATIENCE = 5_000;

export class Host {
  readonly open = signal(false);
  /** What the page has set, or nothing when there is no page that we may talk to. */
  readonly configured: Promise<Configure | null>;
  /** Set before the first message is heard. */
  events: HostEvents | null = null;
  #port: MessagePort | null = null;
  #early: ToFrame[] = [];

  constructor() {
    const origin = originOfPage();
    const word = location.hash.slice(1);
    this.configured = new Promise((resolve) => {
      if (!origin || !word) {
        // Opened by itself or framed without the loader: the chat is all there is.
        this.open.value = true;
        resolve(null);
        return;
      }
      const { port1, port2 } = new MessageChannel();
      this.#port = port1;
      port1.onmessage = ({ data }) => {
        const message = checked(data);
        if (message?.type === "configure") resolve(message);
        else if (message) this.#hear(message);
      };
      parent.postMessage({ chathaven: word }, origin, [port2]);
      setTimeout(() => resolve(null), PATIENCE);
    });
  }

  say(message: ToLoader): void {
    this.#port?.postMessage(message);
  }

  /** Hear what the page says from now on, and what it has said already. */
  listen(events: HostEvents): void {
    this.events = events;
    for (const message of this.#early.splice(0)) this.#hear(message);
  }

  #hear(message: ToFrame): void {
    const { events } = this;
    if (message.type === "shown") this.open.value = message.open;
    else if (!events) this.#early.push(message);
    else if (message.type === "visitor") events.onVisitor(objectOf(message.data));
    else if (message.type === "resume") events.onResume();
    else if (message.type === "forget") events.onForget();
    else if (message.type === "consent") events.onConsent(objectOf(message.map));
  }
}

/** Whose page this frame is on, as the browser says it; `null` when it does not. */
function originOfPage(): string | null {
  if (parent === window) return null;
  const said = location.ancestorOrigins?.[0] ?? document.referrer;
  const origin = URL.canParse(said) ? new URL(said).origin : "null";
  return origin === "null" ? null : origin;
}

/** The message when it is one of ours and whole, else `null`. */
export function checked(data: unknown): ToFrame | null {
  const message = data as ToFrame | null;
  const texts = (...values: unknown[]) => values.every((value) => typeof value === "string");
  switch (message?.type) {
    case "configure":
      return texts(message.language, message.page, message.look) ? message : null;
    case "shown":
      return typeof message.open === "boolean" ? message : null;
    case "visitor":
      return texts(message.data) ? message : null;
    case "consent":
      return texts(message.map) ? message : null;
    case "resume":
    case "forget":
      return message;
    default:
      return null;
  }
}

/** The object in a JSON text, or an empty one. */
export function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === "object" ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Of what a page says about its visitor, that which we take. Empty texts clear. */
export function described(data: Record<string, unknown>): Record<string, string | null> {
  const known = ["name", "email", "phone"].map((field) => [field, data[field]] as const);
  const taken = known.filter(([, value]) => value === null || typeof value === "string");
  return Object.fromEntries(taken.map(([field, value]) => [field, (value as string) || null]));
}
