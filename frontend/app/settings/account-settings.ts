/** What the account has set, and changing it: shown at once, taken back when the server refuses. */
import { signal } from "@preact/signals";
import type { Settings } from "../../shared/types";
import { t } from "../i18n/words";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { client } from "../store/client";
import { Laid } from "../store/laid";
import { once } from "../store/load";
import { patched } from "../store/patch";
import { inTurn } from "../store/turns";
import { drafts } from "./published";

const held = new Laid<Settings | null>(null);
export const settings = held.shown;
/** Grows with every answer of the server, for what it counts by the settings. */
export const settingsHeard = signal(0);

function hear(said: Settings): void {
  held.say(said);
  settingsHeard.value += 1;
}

/** A part of the settings, as a merge patch takes it: null is as by default again. */
export type SettingsPatch = { [Name in keyof Settings]?: Record<string, unknown> };

export const loadSettings = (): Promise<void> =>
  once("settings", async () => {
    hear(await inTurn("settings", () => client.get<Settings>("/v1/settings")));
  });

async function send(patch: SettingsPatch): Promise<void> {
  hear(await inTurn("settings", () => client.patch<Settings>("/v1/settings", patch)));
}

const lay = (patch: SettingsPatch): (() => void) =>
  held.lay((known) => known && patched(known, patch));

/** Another person may sign in next. */
export function forgetSettings(): void {
  held.say(null);
  for (const draft of Object.values(drafts)) draft.value = null;
}

/** Texts by language as a merge patch: a language that is no longer there is named with null. */
export function textsPatch(
  before: Readonly<Record<string, string>>,
  next: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const gone = Object.keys(before).filter((language) => !next[language]?.trim());
  const kept = Object.entries(next).filter(([, text]) => text.trim());
  return { ...Object.fromEntries(kept), ...Object.fromEntries(gone.map((one) => [one, null])) };
}

/** Save, and say so. Throws what the server said. */
export async function saveSettings(patch: SettingsPatch, undo?: SettingsPatch): Promise<void> {
  await send(patch);
  toast(t("saved"), undo ? { undo: () => void putBack(undo) } : {});
}

async function putBack(patch: SettingsPatch): Promise<void> {
  const lift = lay(patch);
  try {
    await send(patch);
    toast(t("undone"));
  } catch (cause) {
    toast(explain(cause), { failed: true });
  } finally {
    lift();
  }
}

/** The same for switches, which are as they were pressed at once, and whose failure has no field. */
export async function trySettings(patch: SettingsPatch, undo: SettingsPatch): Promise<void> {
  const lift = lay(patch);
  try {
    await saveSettings(patch, undo);
  } catch (cause) {
    toast(explain(cause), { failed: true });
  } finally {
    lift();
  }
}
