import { expect, test } from "vitest";
import { accentOf, accentText, contrast, READABLE } from "./contrast";
import { createTranslator, dirOf, isolated, melted, pickLanguage } from "./i18n";
import { linkify } from "./linkify";
import { uuid7 } from "./uuid7";

const links = (text: string) =>
  linkify(text)
    .filter((part) => part.href)
    .map((part) => part.text);

test.each([
  ["see https://a.example/x, then", ["https://a.example/x"]],
  ["(https://a.example/x)", ["https://a.example/x"]],
  ["https://a.example/x_(y)", ["https://a.example/x_(y)"]],
  ["“https://a.example”.", ["https://a.example"]],
  ["HTTP://A.example mailto:a@b.example", ["HTTP://A.example", "mailto:a@b.example"]],
  ["javascript:alert(1) data:text/html,x file:///etc/passwd ftp://a.example", []],
  ["https:// http:// mailto:", []],
  ["https://user:pass@evil.example", []],
  ["xhttps://a.example", []],
  ["https://مثال.example/سلام", ["https://مثال.example/سلام"]],
])("links in %j", (text, expected) => {
  expect(links(text)).toEqual(expected);
  expect(
    linkify(text)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});

test("no text makes it slow", () => {
  const began = performance.now();
  for (const evil of ["https://a.b/".concat("(".repeat(1e5)), ")".repeat(1e5), "a.".repeat(5e4)]) {
    linkify(`https://x.example/${evil} ${evil}`);
  }
  expect(performance.now() - began).toBeLessThan(1_000);
});

test("text on every accent is readable, and a good colour stays as it is", () => {
  for (let color = 0; color < 0xffffff; color += 70_001) {
    const accent = accentOf(`#${color.toString(16).padStart(6, "0")}`);
    expect(contrast(accent.fill, accent.on)).toBeGreaterThanOrEqual(READABLE);
  }
  expect(accentOf("#1a4fd0")).toEqual({ fill: "#1a4fd0", on: "#ffffff", darkened: false });
  expect(accentOf("#ffd400").on).toBe("#12151b");
  expect(accentOf("#3b8bf6").darkened).toBe(true);
  expect(accentOf("red; background: url(x)").fill).toBe("#2f5fe0");
});

test("an accent as text is readable on both grounds", () => {
  for (const color of ["#ffffff", "#000000", "#ffd400", "#2f6feb", "#777777"]) {
    for (const ground of ["#ffffff", "#16181d"]) {
      expect(contrast(accentText(color, ground), ground)).toBeGreaterThanOrEqual(READABLE);
    }
  }
});

test("plurals, numbers and parameters follow the language", () => {
  const { t } = createTranslator("pl", {
    new: {
      one: "{count} nowa",
      few: "{count} nowe",
      many: "{count} nowych",
      other: "{count} nowej",
    },
    hello: "Cześć {name}, {missing}",
  });
  expect([1, 3, 5, 22].map((count) => t("new", { count }))).toEqual([
    "1 nowa",
    "3 nowe",
    "5 nowych",
    "22 nowe",
  ]);
  expect(t("hello", { name: "$& {count}" })).toBe("Cześć $& {count}, {missing}");
});

test("in Italian the article melts into the eighth and the eleventh", () => {
  const texts = { on: "il {date}", since: "dal {date}", of: "del {date} di {name}" };
  const { t } = createTranslator("it", texts, "it", melted);
  expect(t("on", { date: "8 mar 2026" })).toBe("l’8 mar 2026");
  expect(t("on", { date: "18 mar 2026" })).toBe("il 18 mar 2026");
  expect(t("on", { date: "80" })).toBe("il 80");
  expect(t("since", { date: "11 mar" })).toBe("dall’11 mar");
  expect(t("of", { date: "8 mar", name: "il 8" })).toBe("dell’8 mar di il 8");
  expect(createTranslator("es", { on: "al {date}" }).t("on", { date: "8 mar" })).toBe("al 8 mar");
});

test("what comes into a text that is read from the right keeps its own direction", () => {
  const texts = {
    sent: {
      zero: "لا",
      one: "واحدة",
      two: "اثنتان",
      few: "{count} إلى {to}",
      many: "{count} كثيرة",
      other: "{count}",
    },
  };
  const { t, dir } = createTranslator("ar", texts, "ar", isolated);
  expect(dir).toBe("rtl");
  expect(t("sent", { count: 3, to: "ada@example.com" })).toBe("3 إلى \u2068ada@example.com\u2069");
  const forms = [0, 1, 2, 11, 100, 103].map((count) => t("sent", { count, to: "" }));
  expect(forms).toEqual(["لا", "واحدة", "اثنتان", "11 كثيرة", "100", "103 إلى \u2068\u2069"]);
});

test("days are near or dated", () => {
  const { day } = createTranslator("en", {}, "en-GB");
  const now = new Date(2026, 10, 23, 0, 5);
  expect(day(new Date(2026, 10, 23, 0, 1), now)).toBe("Today");
  expect(day(new Date(2026, 10, 22, 23, 59), now)).toBe("Yesterday");
  expect(day(new Date(2026, 10, 2), now)).toContain("2 November");
  expect(day(new Date(2025, 10, 2), now)).toContain("2025");
});

test("languages are chosen by what is wanted and what there is", () => {
  expect(pickLanguage([undefined, "", "de-AT", "en"], ["en", "de"], "en")).toBe("de");
  expect(pickLanguage(["zu"], ["en", "de"], "en")).toBe("en");
  expect([dirOf("ar-EG"), dirOf("he"), dirOf("de")]).toEqual(["rtl", "rtl", "ltr"]);
});

test("ids are version 7 and sort by the order of making, also when the clock steps back", () => {
  const ids = Array.from({ length: 5_000 }, (_, index) => uuid7(index < 4_000 ? 1e12 : 9e11));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
