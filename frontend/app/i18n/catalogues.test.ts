import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "./en.json";
import { LANGUAGES } from "./words";

type Entry = string | Record<string, string>;
type Catalogue = Record<string, Entry>;

const folder = import.meta.dirname;
const read = (language: string): Catalogue =>
  JSON.parse(readFileSync(join(folder, `${language}.json`), "utf8"));

const texts = (entry: Entry): string[] =>
  typeof entry === "string" ? [entry] : Object.values(entry);
const names = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/gu)].map((match) => match[1] ?? "").sort();
/** A plural form may leave the count out ("one message"); nothing else may be missing. */
const needed = (entry: Entry): string[] => [...new Set(texts(entry).flatMap(names))].sort();

const files = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.replace(".json", ""));

describe("catalogues", () => {
  it("are there for every language that can be chosen, and only for those", () => {
    expect(files.sort()).toEqual(Object.keys(LANGUAGES).sort());
  });

  it.each(files)("%s has the keys of English", (language) => {
    expect(Object.keys(read(language)).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(files)("%s has the placeholders of English", (language) => {
    const catalogue = read(language);
    const differing = Object.entries(en as Catalogue).filter(
      ([key, entry]) => needed(entry).join() !== needed(catalogue[key] ?? "").join(),
    );
    expect(differing).toEqual([]);
  });

  it.each(files)("%s names the number wherever a form stands for many numbers", (language) => {
    for (const [key, entry] of Object.entries(read(language))) {
      if (typeof entry === "string") continue;
      const wide = Object.entries(entry).filter(([form]) => /^(few|many|other)$/u.test(form));
      const silent = wide.filter(([, text]) => names(text).join() !== needed(entry).join());
      expect(silent, key).toEqual([]);
    }
  });

  it.each(files)("%s has every plural form of the language, and no empty text", (language) => {
    const rules = new Intl.PluralRules(language);
    // In Romance languages "many" is for millions only, which nobody here counts.
    const counted = new Set(Array.from({ length: 1000 }, (_, count) => rules.select(count)));
    const forms = rules
      .resolvedOptions()
      .pluralCategories.filter((form) => form !== "many" || counted.has(form));
    for (const [key, entry] of Object.entries(read(language))) {
      expect(
        texts(entry).every((text) => text.trim() !== ""),
        key,
      ).toBe(true);
      if (typeof entry !== "string") {
        expect(
          forms.filter((form) => !(form in entry)),
          key,
        ).toEqual([]);
      }
    }
  });
});
