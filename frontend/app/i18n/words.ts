/** The texts of the app in the language of whoever reads; a signal, so that a change shows at once. */
import { computed, signal } from "@preact/signals";
import {
  type Catalogue,
  createTranslator,
  isolated,
  melted,
  type Params,
  pickLanguage,
} from "../../shared/i18n";
import en from "./en.json";

export type Key = keyof typeof en;

/** English is always there; the others are fetched when somebody reads them. */
const CATALOGUES: Record<string, () => Promise<Catalogue<Key>>> = {
  en: () => Promise.resolve(en),
  de: () => import("./de.json").then((module) => module.default),
  fr: () => import("./fr.json").then((module) => module.default),
  es: () => import("./es.json").then((module) => module.default),
  it: () => import("./it.json").then((module) => module.default),
  pt: () => import("./pt.json").then((module) => module.default),
  nl: () => import("./nl.json").then((module) => module.default),
  pl: () => import("./pl.json").then((module) => module.default),
  ar: () => import("./ar.json").then((module) => module.default),
};

/** The languages of the app, each named in itself. */
export const LANGUAGES: Record<string, string> = {
  en: "English",
  de: "Deutsch",
  fr: "Français",
  es: "Español",
  it: "Italiano",
  pt: "Português",
  nl: "Nederlands",
  pl: "Polski",
  ar: "العربية",
};

/** Languages that ask for more than putting a value into its place. */
const JOINING: Record<string, typeof melted> = { it: melted, ar: isolated };

const translator = signal(createTranslator<Key>("en", en, localeOf("en")));

/** With the region that the browser names, where it is of the same language. */
export const language = computed(() => localeOf(translator.value.language));

function localeOf(wanted: string): string {
  const regional = navigator.languages?.find((one) => one.split("-")[0] === wanted) ?? wanted;
  if (wanted !== "ar") return regional;
  // With the digits that fields, ids and articles of laws are written with as well.
  return new Intl.Locale(regional, { numberingSystem: "latn" }).toString();
}

/** Change the language of the app; stays as it is when the catalogue cannot be fetched. */
export async function speak(wanted: string | null): Promise<void> {
  const known = Object.keys(CATALOGUES);
  const picked = pickLanguage([wanted, ...navigator.languages], known, "en");
  if (picked === translator.peek().language) return;
  try {
    const catalogue = await (CATALOGUES[picked] ?? CATALOGUES.en)?.();
    if (!catalogue) return;
    translator.value = createTranslator(picked, catalogue, localeOf(picked), JOINING[picked]);
    document.documentElement.lang = picked;
    document.documentElement.dir = translator.value.dir;
  } catch {
    // No network: what is on the screen stays readable in the language that it has.
  }
}

/** The text of a key. */
export const t = (key: Key, params?: Params): string => translator.value.t(key, params);

/** Whether there is such a text: for keys made from codes of the server. */
export const has = (key: string): key is Key => Object.hasOwn(en, key);

/** A number as the language writes it. */
export const number = (value: number): string =>
  new Intl.NumberFormat(localeOf(translator.value.language)).format(value);

/** A number that has little room: from a hundred on, "99+". */
export const few = (value: number): string => (value > 99 ? `${number(99)}+` : number(value));

/** Words in a row, with what the language puts between them. */
export const listed = (words: readonly string[]): string =>
  new Intl.ListFormat(localeOf(translator.value.language), { type: "unit" }).format(words);
