/** One catalogue per language, each a file of its own, so that a visitor loads only theirs. */
import type { Catalogue } from "../../../shared/i18n";
import type { Key } from "./keys";

const LOADERS = {
  en: () => import("./en"),
  de: () => import("./de"),
  fr: () => import("./fr"),
  es: () => import("./es"),
  it: () => import("./it"),
  pt: () => import("./pt"),
  nl: () => import("./nl"),
  pl: () => import("./pl"),
  ar: () => import("./ar"),
};

export type Language = keyof typeof LOADERS;
export const LANGUAGES = Object.keys(LOADERS) as Language[];

export async function loadTexts(language: Language): Promise<Catalogue<Key>> {
  return (await LOADERS[language]()).default as Readonly<Record<string, string>>;
}
