/** Saving as soon as something is changed: shown at once, sent after a pause, with the way back. */
import { signal } from "@preact/signals";
import { Problem } from "../../shared/api";
import type { Appearance, Site } from "../../shared/types";
import { t } from "../i18n/words";
import { explain, type Wrong, wrongFields } from "../parts/problem";
import { toast } from "../parts/toast";
import { client } from "../store/client";
import { sites } from "../store/state";

export interface SiteChange {
  name?: string;
  allowed_origins?: string[];
  appearance?: Partial<Appearance>;
}

/** What the server refused of a site, by field; kept until the field is changed again. */
export const refused = signal<ReadonlyMap<string, Wrong>>(new Map());

const PAUSE = 600;

interface Pending {
  before: Site;
  change: SiteChange;
  timer: ReturnType<typeof setTimeout>;
}

const pending = new Map<string, Pending>();

/** A site with a change applied, as the server will answer it. */
export function changed(site: Site, change: SiteChange): Site {
  return {
    ...site,
    ...change,
    appearance: { ...site.appearance, ...change.appearance },
  };
}

const together = (a: SiteChange, b: SiteChange): SiteChange => ({
  ...a,
  ...b,
  ...(a.appearance || b.appearance ? { appearance: { ...a.appearance, ...b.appearance } } : {}),
});

const replace = (site: Site): void => {
  sites.value = (sites.peek() ?? []).map((one) => (one.id === site.id ? site : one));
};

const siteOf = (id: string): Site | undefined => sites.peek()?.find((one) => one.id === id);

/** Change a site. Several key presses make one request. */
export function saveSite(id: string, change: SiteChange): void {
  const site = siteOf(id);
  if (!site) return;
  const known = pending.get(id);
  clearTimeout(known?.timer);
  pending.set(id, {
    before: known?.before ?? site,
    change: together(known?.change ?? {}, change),
    timer: setTimeout(() => void flushSite(id), PAUSE),
  });
  refused.value = new Map(refused.peek()).set(id, {});
  replace(changed(site, change));
}

/** Send what waits now: the field was left, or the page is. */
export async function flushSite(id: string): Promise<void> {
  const waiting = pending.get(id);
  if (!waiting) return;
  clearTimeout(waiting.timer);
  pending.delete(id);
  const { before } = waiting;
  const change = sendable(waiting.change);
  if (Object.keys(change).length === 0) return;
  try {
    const saved = await client.patch<Site>(`/v1/sites/${id}`, patchOf(before, change));
    if (!pending.has(id)) replace(saved);
    toast(t("saved"), { undo: () => void putBack(before, change) });
  } catch (cause) {
    // What was typed stays in its field, with the reason beside it.
    const wrong = wrongFields(cause);
    refused.value = new Map(refused.peek()).set(id, wrong);
    toast(explain(cause), { failed: true });
    if (cause instanceof Problem && cause.passing) keep(id, before, change);
    else if (Object.keys(wrong).length === 0) replace(before);
  }
}

/** The server was away: it goes with the next change, or when the page says that it is back. */
function keep(id: string, before: Site, change: SiteChange): void {
  const newer = pending.get(id);
  if (newer) pending.set(id, { ...newer, before, change: together(change, newer.change) });
  else pending.set(id, { before, change, timer: setTimeout(() => undefined) });
}

/** A name that is being retyped is empty for a moment; that is not meant to be saved. */
function sendable(change: SiteChange): SiteChange {
  if (change.name === undefined || change.name.trim()) return change;
  const { name: _name, ...rest } = change;
  return rest;
}

async function putBack(before: Site, change: SiteChange): Promise<void> {
  const reverse: SiteChange = {};
  if (change.name !== undefined) reverse.name = before.name;
  if (change.allowed_origins) reverse.allowed_origins = before.allowed_origins;
  if (change.appearance) reverse.appearance = before.appearance;
  const now = siteOf(before.id);
  if (!now) return;
  replace(changed(now, reverse));
  try {
    replace(await client.patch<Site>(`/v1/sites/${before.id}`, patchOf(now, reverse)));
    toast(t("undone"));
  } catch (cause) {
    replace(now);
    toast(explain(cause), { failed: true });
  }
}

/** As a merge patch: a text that is no longer there is named with null. */
export function patchOf(before: Site, change: SiteChange): Record<string, unknown> {
  const { appearance, ...plain } = change;
  if (!appearance) return plain;
  const { greeting_online, greeting_offline, ...rest } = appearance;
  const texts = (name: "greeting_online" | "greeting_offline", next?: Record<string, string>) => {
    if (!next) return {};
    const gone = Object.keys(before.appearance[name]).filter((key) => !(key in next));
    return { [name]: { ...next, ...Object.fromEntries(gone.map((key) => [key, null])) } };
  };
  return {
    ...plain,
    appearance: {
      ...rest,
      ...texts("greeting_online", greeting_online),
      ...texts("greeting_offline", greeting_offline),
    },
  };
}

/** Everything that waits, now. For leaving the page. */
export function flushAll(): void {
  for (const id of [...pending.keys()]) void flushSite(id);
}
