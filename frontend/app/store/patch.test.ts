import { describe, expect, it } from "vitest";
import { patched, reversed, together } from "./patch";

const known = { name: "Shop", look: { color: "red", words: { en: "Hello", de: "Hallo" } } };

describe("a merge patch", () => {
  it("changes what it names, and leaves what it was made from alone", () => {
    const next = patched(known, { look: { color: "blue" } });
    expect(next).toEqual({ ...known, look: { ...known.look, color: "blue" } });
    expect(known.look.color).toBe("red");
  });

  it("takes out what it names with null, and only there", () => {
    const next = patched(known, { look: { words: { de: null } } });
    expect(next.look).toEqual({ color: "red", words: { en: "Hello" } });
  });

  it("brings a map that was not there", () => {
    expect(patched({}, { words: { en: "Hi", de: null } })).toEqual({ words: { en: "Hi" } });
  });

  it("goes before another as one", () => {
    const both = together<object>(
      { name: "Store", look: { words: { en: "Hi" } } },
      { look: { words: { de: null } } },
    );
    expect(both).toEqual({ name: "Store", look: { words: { en: "Hi", de: null } } });
  });

  it("is taken back by the patch that names the same, and nothing else", () => {
    const patch = { look: { words: { de: null, fr: "Salut" } } };
    const back = reversed(known, patch);
    expect(back).toEqual({ look: { words: { de: "Hallo", fr: null } } });
    expect(patched(patched(known, patch), back)).toEqual(known);
  });
});
