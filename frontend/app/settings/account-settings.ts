/** What the account has set, and changing it: shown at once, taken back when the server refuses. */
import { signal } from "@preact/signals";
import type { Settings } from "../../shared/types";
import { t } from "../i18n/words";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { client } from "../store/client";
import { drafts } from "./published";

export const settings = signal<Settings | null>(null);

/** A part of the settings, as a merge patch takes it: null is as by default again. */
export type SettingsPatch = { [Name in keyof Settings]?: Record<string, unknown> };

export async function loadSettings(): Promise<void> {
  settings.value = await client.get<Settings>("/v1/settings");
}

/** Another person may sign in next. */
export function forgetSettings(): void {
  settings.value = null;
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
  settings.value = await client.patch<Settings>("/v1/settings", patch);
  toast(t("saved"), undo ? { undo: () => void putBack(undo) } : {});
}

async function putBack(patch: SettingsPatch): Promise<void> {
  try {
    settings.value = await client.patch<Settings>("/v1/settings", patch);
    toast(t("undone"));
  } catch (cause) {
    toast(explain(cause), { failed: true });
  }
}

/** The same for switches, whose failure has no field to stand at. */
export async function trySettings(patch: SettingsPatch, undo: SettingsPatch): Promise<void> {
  try {
    await saveSettings(patch, undo);
  } catch (cause) {
    toast(explain(cause), { failed: true });
  }
}
