import { afterEach, describe, expect, it, vi } from "vitest";
import { PROVIDERS } from "../shared/providers";
import { Choices } from "./choices";
import { look } from "./find";
import { WORDS, wordsOf } from "./words";

const made = (html: string): Element => {
  document.body.innerHTML = html;
  const element = document.body.firstElementChild;
  if (!element) throw new Error("nothing was made");
  return element;
};

afterEach(() => localStorage.clear());

describe("what an element stands for", () => {
  it.each([
    ["https://www.youtube.com/watch?v=dQw4w9WgXcQ", "youtube"],
    ["https://www.youtube.com/embed/dQw4w9WgXcQ", "youtube"],
    ["https://vimeo.com/76979871", "vimeo"],
    ["https://player.vimeo.com/video/76979871", "vimeo"],
    ["https://www.google.com/maps/embed?pb=1", "google-maps"],
    ["https://open.spotify.com/embed/track/1", "spotify"],
    ["https://w.soundcloud.com/player/?url=x", "soundcloud"],
  ])("%s is a player of %s", (address, company) => {
    const found = look(made(`<div data-chathaven-embed="${address}"></div>`));
    expect(found?.company).toBe(company);
  });

  it.each([
    "https://elsewhere.example/embed/1",
    "https://www.youtube.com.elsewhere.example/embed/1",
    "https://www.google.com/search?q=x",
    "http://player.vimeo.com.example/video/1",
    "javascript:alert(1)",
    "https://[",
  ])("%s stays closed", (address) => {
    expect(look(made(`<iframe data-src="${address}"></iframe>`))?.company).toBeNull();
  });

  it("takes the frame's own attributes along, and no handlers", () => {
    const found = look(
      made(
        '<template data-chathaven-embed><iframe src="https://player.vimeo.com/video/1"' +
          ' title="A film" height="300" onload="alert(1)"></iframe></template>',
      ),
    );
    expect(found?.frame).toEqual({ title: "A film", height: "300" });
  });

  it("leaves alone what names no address", () => {
    expect(look(made("<div data-chathaven-embed></div>"))).toBeNull();
  });
});

describe("choices", () => {
  it("keeps nothing before something was chosen", () => {
    expect(new Choices().answer("youtube")).toBeNull();
    expect(localStorage.length).toBe(0);
  });

  it("is about one company and no other, and stays", () => {
    new Choices().say("yes", "vimeo");
    const later = new Choices();
    expect([later.answer("vimeo"), later.answer("youtube")]).toEqual(["yes", null]);
  });

  it("takes the browser's signal as a refusal of all, and an own answer before it", () => {
    vi.stubGlobal("navigator", { ...navigator, globalPrivacyControl: true });
    const choices = new Choices();
    expect(choices.answer("spotify")).toBe("no");
    choices.say("yes", "spotify");
    expect([choices.answer("spotify"), choices.answer("vimeo")]).toEqual(["yes", "no"]);
  });

  it.each(["nonsense", "null", '{"youtube":"perhaps","elsewhere":"yes"}'])(
    "is not misled by %s in the storage",
    (kept) => {
      localStorage.setItem("chathaven.embeds", kept);
      expect(new Choices().answer("youtube")).toBeNull();
    },
  );
});

describe("words", () => {
  it("are there in every language, and name the company where English does", () => {
    for (const [language, words] of Object.entries(WORDS)) {
      for (const [name, text] of Object.entries(WORDS.en ?? {})) {
        const own = words[name as keyof typeof words];
        expect(own, `${language}: ${name}`).toBeTruthy();
        expect(own.includes("{company}"), `${language}: ${name}`).toBe(text.includes("{company}"));
      }
    }
    expect(Object.keys(WORDS)).toHaveLength(9);
  });

  it("follow the page, else are English", () => {
    expect(wordsOf("de-AT")).toEqual({ ...WORDS.de, language: "de", dir: "ltr" });
    expect(wordsOf("ar")).toMatchObject({ language: "ar", dir: "rtl" });
    for (const unknown of ["fi", "", "constructor"]) {
      expect(wordsOf(unknown)).toMatchObject({ ask: WORDS.en?.ask, language: "en" });
    }
  });
});

it("asks about every company that the widget knows", async () => {
  const { COMPANIES } = await import("./choices");
  expect(COMPANIES).toEqual(Object.keys(PROVIDERS));
});
