/** Saving as soon as something is changed: shown at once, sent after a pause, with the way back. */
import { batch, signal } from "@preact/signals";
import { Problem } from "../../shared/api";
import type { Appearance, Site } from "../../shared/types";
import { t } from "../i18n/words";
import { explain, type Wrong, wrongFields } from "../parts/problem";
import { toast } from "../parts/toast";
import { client } from "../store/client";
import { patched, reversed, together } from "../store/patch";
import { siteList, sites } from "../store/state";
import { inTurn } from "../store/turns";

/** Greetings by language; null is none. */
type Greetings = Readonly<Record<string, string | null>>;

type Greeting = "greeting_online" | "greeting_offline";
export type AppearanceChange = Partial<Omit<Appearance, Greeting> & Record<Greeting, Greetings>>;

/** A merge patch of a site. */
export interface SiteChange {
  name?: string;
  allowed_origins?: string[];
  appearance?: AppearanceChange;
}

interface Laying {
  change: SiteChange;
  /** No longer show it. */
  lift: () => void;
}

interface Waiting extends Laying {
  /** The site as it stood before. */
  before: Site;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Said when it is kept. */
  said: "saved" | "undone";
}

const PAUSE = 600;

/** What waits to be sent, together, by site. */
const waiting = new Map<string, Waiting>();
/** Sites with a change on its way: what is pressed meanwhile goes when that is answered. */
const sending = new Map<string, { again: boolean }>();
/** What the server refused, which stays in its field until that is changed. */
const standing = new Map<string, Laying>();

/** Why it refused that, by field. */
export const refused = signal<ReadonlyMap<string, Wrong>>(new Map());

const siteOf = (id: string): Site | undefined => sites.peek()?.find((one) => one.id === id);

function lay(id: string, change: SiteChange): Laying {
  const lift = siteList.lay(
    (all) => all?.map((one) => (one.id === id ? patched(one, change) : one)) ?? null,
  );
  return { change, lift };
}

/** Change a site. Several key presses make one request. */
export function saveSite(id: string, change: SiteChange): void {
  press(id, change, "saved");
}

function press(id: string, change: SiteChange, said: Waiting["said"]): void {
  const site = siteOf(id);
  if (!site) return;
  batch(() => {
    rewrite(id, change);
    const known = waiting.get(id);
    clearTimeout(known?.timer);
    known?.lift();
    waiting.set(id, {
      ...lay(id, known ? together(known.change, change) : change),
      before: known?.before ?? site,
      timer: setTimeout(() => void flushSite(id), PAUSE),
      said,
    });
  });
}

/** What is changed anew is refused no longer. */
function rewrite(id: string, change: SiteChange): void {
  const old = standing.get(id);
  const left = Object.entries(old?.change ?? {}).filter(([name]) => !(name in change));
  old?.lift();
  standing.delete(id);
  if (left.length > 0) standing.set(id, lay(id, Object.fromEntries(left)));
  const wrong = Object.entries(refused.peek().get(id) ?? {}).filter(([name]) => !(name in change));
  refused.value = new Map(refused.peek()).set(id, Object.fromEntries(wrong));
}

/** Send what waits now: the field was left, or the page is, which cannot wait for answers. */
export async function flushSite(id: string, leaving = false): Promise<void> {
  const one = waiting.get(id);
  if (!one) return;
  clearTimeout(one.timer);
  const before = sending.get(id);
  if (before && !leaving) {
    before.again = true;
    return;
  }
  // A name that is being retyped is empty for a moment; that is not meant to be saved, nor to go.
  const { name, ...rest } = one.change;
  const nameless = name !== undefined && !name.trim();
  if (nameless && Object.keys(rest).length === 0) return;
  waiting.delete(id);
  if (nameless) waiting.set(id, { ...one, ...lay(id, { name }), timer: undefined });
  sending.set(id, { again: false });
  await send(id, nameless ? { ...one, change: rest } : one, leaving);
  const { again = false } = sending.get(id) ?? {};
  sending.delete(id);
  if (again) await flushSite(id);
}

async function send(id: string, one: Waiting, leaving: boolean): Promise<void> {
  const { before, change, lift, said } = one;
  const work = () => client.patch<Site>(`/v1/sites/${id}`, change, { keepalive: true });
  try {
    const saved = await (leaving ? work() : inTurn("sites", work));
    batch(() => {
      siteList.say(siteList.said?.map((known) => (known.id === id ? saved : known)) ?? null);
      lift();
    });
    if (said === "undone") toast(t("undone"));
    else toast(t("saved"), { undo: () => putBack(id, reversed(before, change)) });
  } catch (cause) {
    batch(() => refuse(id, one, cause));
    toast(explain(cause), { failed: true });
  }
}

function refuse(id: string, one: Waiting, cause: unknown): void {
  const { change, lift } = one;
  const newer = waiting.get(id);
  const wrong = wrongFields(cause);
  lift();
  if (cause instanceof Problem && cause.passing) {
    // The server was away: it goes with the next change, or when the page says that it is back.
    newer?.lift();
    const all = newer ? together(change, newer.change) : change;
    waiting.set(id, { ...one, ...lay(id, all), timer: newer?.timer });
  } else if (Object.keys(wrong).length > 0) {
    // What was typed stays in its field, with the reason beside it, below what is newer.
    newer?.lift();
    standing.set(id, lay(id, change));
    if (newer) waiting.set(id, { ...newer, ...lay(id, newer.change) });
    refused.value = new Map(refused.peek()).set(id, wrong);
  }
}

function putBack(id: string, change: SiteChange): void {
  press(id, change, "undone");
  void flushSite(id);
}

/** Everything that waits, now. */
export function flushAll(leaving = false): void {
  for (const id of [...waiting.keys()]) void flushSite(id, leaving);
}

/** Everything that waits, and what cannot be kept goes with the page that said so. */
export function leaveSites(): void {
  flushAll();
  batch(() => {
    for (const { lift } of standing.values()) lift();
    for (const [id, { change, lift }] of waiting) {
      if (change.name?.trim() !== "") continue;
      lift();
      waiting.delete(id);
    }
  });
  standing.clear();
  refused.value = new Map();
}

/** Another person may sign in next. */
export function forgetSaving(): void {
  for (const { lift, timer } of waiting.values()) {
    clearTimeout(timer);
    lift();
  }
  waiting.clear();
  leaveSites();
}
