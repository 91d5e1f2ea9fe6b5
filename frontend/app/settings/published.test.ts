import { describe, expect, it } from "vitest";
import { textsPatch } from "./account-settings";
import { defaultText, policyLink } from "./default-text";
import { outcome, type Texts, wordless } from "./published";

const texts = (enabled: boolean, words: Record<string, string>, agreement = false): Texts => ({
  enabled,
  requires_agreement: agreement,
  texts: words,
});

describe("publishing", () => {
  const on = texts(true, { en: "one", de: "eins" });

  it.each([
    ["the same", on, { kind: "nothing" }],
    ["only space around", texts(true, { en: " one ", de: "eins" }), { kind: "nothing" }],
    [
      "one language",
      texts(true, { en: "two", de: "eins" }),
      { kind: "versions", languages: ["en"] },
    ],
    ["one language less", texts(true, { en: "one" }), { kind: "versions", languages: ["de"] }],
    ["agreement", texts(true, on.texts, true), { kind: "versions", languages: ["en", "de"] }],
    ["off", texts(false, on.texts), { kind: "off" }],
  ])("says what %s does", (_name, draft, expected) => {
    expect(outcome(on, draft)).toEqual(expected);
  });

  it("shows every language when it is switched on, and nobody while it is off", () => {
    const off = texts(false, { en: "one" });
    expect(outcome(off, texts(true, { en: "one" }))).toEqual({
      kind: "versions",
      languages: ["en"],
    });
    expect(outcome(off, texts(false, { en: "two" }))).toEqual({ kind: "kept" });
    expect(outcome(texts(false, {}), texts(false, { en: " " }))).toEqual({ kind: "nothing" });
  });

  it("needs words", () => {
    expect(wordless(texts(true, { en: " " }))).toBe(true);
    expect(wordless(texts(false, {}))).toBe(false);
  });

  it("names a language that was emptied with null", () => {
    expect(textsPatch({ en: "one", de: "eins" }, { en: "two", de: " " })).toEqual({
      en: "two",
      de: null,
    });
  });
});

describe("the text to start from", () => {
  it.each(["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ar"])("speaks %s", (language) => {
    const text = defaultText(language, "Nord [licht] $& *GmbH*", "https://nord.example/p");
    expect(text).toContain("**Nord licht $& GmbH**");
    expect(text).toContain("](https://nord.example/p)");
    expect(text).not.toMatch(/[{}]/u);
  });

  it.each([
    ["nord.example/p", "https://nord.example/p"],
    [" http://nord.example ", "http://nord.example/"],
    ["https://nord.example/p(1)", "https://nord.example/p%281%29"],
    ["", null],
    ["nord licht", null],
    ["privacy", null],
    ["javascript:alert(1)", null],
  ])("takes %j as %j", (typed, link) => {
    expect(policyLink(typed)).toBe(link);
  });
});
