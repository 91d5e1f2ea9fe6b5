/** What the app knows, once per page: chats, their events, the lists, the team, who types. */
import { type Signal, signal } from "@preact/signals";
import type { Author, Site, TeamMember } from "../../shared/types";
import { VIEWS, type View } from "../router/routes";
import { Chats } from "./chats";
import { Laid } from "./laid";
import { EMPTY, type Log } from "./log";

/** How much of a view the server has shown us. */
export interface Listing {
  loaded: boolean;
  loading: boolean;
  failure: unknown;
  /** Where the next page begins; null when there is none. */
  next: string | null;
  /** Time of the oldest chat that was listed; chats before it may be missing. Null: none are. */
  horizon: string | null;
}

export const NOT_LOADED: Listing = {
  loaded: false,
  loading: false,
  failure: null,
  next: null,
  horizon: null,
};

export const chats = new Chats();

export const listings: Record<View, Signal<Listing>> = Object.fromEntries(
  VIEWS.map((view) => [view, signal(NOT_LOADED)]),
) as Record<View, Signal<Listing>>;

const logs = new Map<string, Signal<Log>>();
/** Chats whose events are kept; the one opened longest ago goes first. */
const KEPT = 120;

/** The log of a chat; made when it is asked for the first time. */
export function logOf(chatId: string): Signal<Log> {
  const known = logs.get(chatId);
  if (known) {
    logs.delete(chatId);
    logs.set(chatId, known);
    return known;
  }
  const made = signal(EMPTY);
  logs.set(chatId, made);
  const oldest = logs.keys().next().value;
  if (logs.size > KEPT && oldest !== undefined) logs.delete(oldest);
  return made;
}

/** The log of a chat if somebody asked for it. */
export const knownLog = (chatId: string): Signal<Log> | undefined => logs.get(chatId);

export const knownLogs = (): string[] => [...logs.keys()];

export const forgetLog = (chatId: string): void => void logs.delete(chatId);

export function forgetLogs(except: string | null): void {
  for (const id of logs.keys()) if (id !== except) logs.delete(id);
}

export const team = signal<readonly TeamMember[]>([]);
/** The sites as the server has them, with changes on their way laid on top. */
export const siteList = new Laid<readonly Site[] | null>(null);
export const sites = siteList.shown;

export interface Typing {
  author: Author;
  until: number;
}
export const typing = signal<ReadonlyMap<string, Typing>>(new Map());

/** How long somebody counts as typing after the last sign of it, in milliseconds. */
const TYPING_LASTS = 6000;

export function setTyping(chatId: string, author: Author | null): void {
  const next = new Map(typing.peek());
  if (!author) next.delete(chatId);
  else next.set(chatId, { author, until: Date.now() + TYPING_LASTS });
  typing.value = next;
  if (author) {
    setTimeout(() => {
      const current = typing.peek().get(chatId);
      if (current && current.until <= Date.now()) setTyping(chatId, null);
    }, TYPING_LASTS + 20);
  }
}

/** Everything goes: another person may sign in next. */
export function forgetAll(): void {
  chats.stale();
  chats.dropStale();
  forgetLogs(null);
  for (const view of VIEWS) listings[view].value = NOT_LOADED;
  team.value = [];
  siteList.say(null);
  typing.value = new Map();
}
