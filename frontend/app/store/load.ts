/** Fetching into the store. Every function may be called again at any time; nothing runs twice at once. */
import { Problem } from "../../shared/api";
import type { Chat, ChatEvent, List, Site, TeamMember } from "../../shared/types";
import { VIEWS, type View } from "../router/routes";
import { client } from "./client";
import { EMPTY, gapAfter, type Log, reachesStart, withEvent, withPage } from "./log";
import { chats, forgetLogs, knownLog, knownLogs, listings, logOf, siteList, team } from "./state";
import { inTurn } from "./turns";

const PAGE = 50;
/** Missing more than this, a log is loaded anew instead of being filled. */
const FILLABLE = 600;

const running = new Map<string, Promise<void>>();

/** Run under a name; whoever asks for the same meanwhile waits for the same. */
export function once(name: string, work: () => Promise<void>): Promise<void> {
  const known = running.get(name);
  if (known) return known;
  const started = work().finally(() => running.delete(name));
  running.set(name, started);
  return started;
}

/** When all that is being fetched is here, which may be older than what was heard meanwhile. */
export async function settled(): Promise<void> {
  await Promise.allSettled(running.values());
}

const page = (query: Record<string, string | number | null>): Promise<List<Chat>> =>
  client.get<List<Chat>>("/v1/chats", { query: { limit: PAGE, ...query } });

/** The first page of a view. What is listed stays until the new page is here. */
export function loadView(view: View): Promise<void> {
  return once(`view ${view}`, async () => {
    const listing = listings[view];
    listing.value = { ...listing.peek(), loading: true, failure: null };
    try {
      const { items, next } = await page({ view });
      for (const chat of items) chats.put(chat);
      // Pages that were listed before stay listed: only their cursor is known to be good.
      const before = listing.peek();
      const reached = next && items.at(-1) ? (items.at(-1)?.updated_at ?? null) : null;
      const keeps = before.loaded && before.horizon !== null && reached !== null;
      const further = keeps && (before.horizon ?? "") < (reached ?? "");
      listing.value = further
        ? { ...before, loading: false }
        : { loaded: true, loading: false, failure: null, next, horizon: reached };
    } catch (failure) {
      listing.value = { ...listing.peek(), loading: false, failure };
    }
  });
}

export function loadMore(view: View): Promise<void> {
  const listing = listings[view];
  const { next, loading } = listing.peek();
  if (!next || loading) return Promise.resolve();
  return once(`view ${view}`, async () => {
    listing.value = { ...listing.peek(), loading: true, failure: null };
    try {
      const more = await page({ view, after: next });
      for (const chat of more.items) chats.put(chat);
      const horizon = more.next ? (more.items.at(-1)?.updated_at ?? null) : null;
      listing.value = { loaded: true, loading: false, failure: null, next: more.next, horizon };
    } catch (failure) {
      listing.value = { ...listing.peek(), loading: false, failure };
    }
  });
}

/** The chat itself, as the server has it now. */
export function loadChat(id: string): Promise<void> {
  return once(`chat ${id}`, async () => chats.put(await client.get<Chat>(`/v1/chats/${id}`)));
}

const eventsOf = (id: string, query: Record<string, number>): Promise<List<ChatEvent>> =>
  client.get<List<ChatEvent>>(`/v1/chats/${id}/events`, { query: { limit: PAGE, ...query } });

/** A chat with its newest events: what opening and pointing at a row both want. */
export function loadNewest(id: string): Promise<void> {
  if (knownLog(id)?.peek().loaded) return Promise.resolve();
  return once(`newest ${id}`, async () => {
    const log = logOf(id);
    if (!chats.peek(id)) await loadChat(id);
    const last = chats.peek(id)?.last_seq ?? 0;
    const { items } = await eventsOf(id, { before: last + 1 });
    log.value = withPage(log.peek(), items);
    await fillGap(id);
  });
}

export function loadOlder(id: string): Promise<void> {
  const log = logOf(id);
  const first = log.peek().run[0]?.seq;
  if (first === undefined || reachesStart(log.peek())) return Promise.resolve();
  return once(`older ${id}`, async () => {
    const { items } = await eventsOf(id, { before: first });
    log.value = withPage(log.peek(), items);
  });
}

/** Fetch what is missing between what is shown and what has arrived. */
export function fillGap(id: string): Promise<void> {
  return once(`gap ${id}`, async () => {
    const log = knownLog(id);
    if (!log) return;
    for (let from = gapAfter(log.peek()); from !== null; from = gapAfter(log.peek())) {
      const { items } = await eventsOf(id, { after: from, limit: 200 });
      if (items.length === 0) return;
      log.value = withPage(log.peek(), items);
    }
  });
}

/** An event came. The log takes it when there is one, and asks for what it shows to be missing. */
export function deliver(id: string, event: ChatEvent): void {
  const log = knownLog(id);
  if (!log) return;
  log.value = withEvent(log.peek(), event);
  if (gapAfter(log.peek()) !== null) void fillGap(id).catch(ignorePassing);
}

/** What failed for a reason that passes is asked for again when the stream is back. */
export function ignorePassing(cause: unknown): void {
  if (!(cause instanceof Problem)) throw cause;
}

/** Everything after the last event that is known, or the newest page when that is too much. */
async function catchUp(id: string): Promise<void> {
  const log = logOf(id);
  const last = log.peek().run.at(-1)?.seq ?? 0;
  const current = chats.peek(id)?.last_seq ?? last;
  if (current <= last) return;
  if (current - last > FILLABLE) return reload(id);
  const { items } = await eventsOf(id, { after: last, limit: 200 });
  log.value = withPage(log.peek(), items);
  if ((log.peek().run.at(-1)?.seq ?? 0) < current && items.length > 0) await catchUp(id);
}

/** Replace a log in one step, so that the old one is on the screen until the new one is here. */
async function reload(id: string): Promise<void> {
  const log = logOf(id);
  const old = new Set([...log.peek().run, ...log.peek().ahead]);
  const { items } = await eventsOf(id, { before: (chats.peek(id)?.last_seq ?? 0) + 1 });
  const arrived = [...log.peek().run, ...log.peek().ahead].filter((event) => !old.has(event));
  log.value = arrived.reduce<Log>(withEvent, withPage(EMPTY, items));
  await fillGap(id);
}

/**
 * Bring everything up to date after the stream began anew.
 *
 * With `drop` the server says that what we have may no longer exist: only what it lists now stays,
 * and the events of the chat in front are replaced when the new ones are here.
 */
export async function refresh(openChat: string | null, how: { drop: boolean }): Promise<void> {
  await settled();
  const wanted = VIEWS.filter((view) => listings[view].peek().loaded);
  if (how.drop) {
    forgetLogs(openChat);
    for (const view of wanted) {
      listings[view].value = { ...listings[view].peek(), horizon: null, next: null };
    }
    chats.stale();
  }
  await Promise.all([...wanted.map(loadView), openChat ? loadChat(openChat) : null, loadTeam()]);
  if (how.drop) chats.dropStale();
  const logsToMend = how.drop ? (openChat ? [openChat] : []) : knownLogs();
  for (const id of logsToMend) {
    if (!knownLog(id)?.peek().loaded) continue;
    await (how.drop ? reload(id) : catchUp(id));
  }
}

export const loadTeam = (): Promise<void> =>
  once("team", async () => {
    team.value = (await inTurn("team", () => client.get<List<TeamMember>>("/v1/operators"))).items;
  });

export const loadSites = (): Promise<void> =>
  once("sites", async () => {
    siteList.say((await inTurn("sites", () => client.get<List<Site>>("/v1/sites"))).items);
  });
