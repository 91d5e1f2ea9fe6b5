import { afterEach, describe, expect, it } from "vitest";
import { type FieldError, Problem } from "../../shared/api";
import { LANGUAGES, speak } from "../i18n/words";
import { explain, explainField, wrongFields } from "./problem";

const error = (reason: string, params = {}, field = "name"): FieldError => ({
  field,
  message: "takes something in English",
  reason,
  params,
});
const refusal = (code: string, ...errors: FieldError[]): Problem =>
  new Problem(422, code, "name: takes something in English.", errors);
const said = (reason: string, params = {}): string | undefined =>
  wrongFields(refusal("invalid", error(reason, params))).name;

afterEach(() => speak("en"));

describe("why a field was not taken", () => {
  it.each([
    ["en", "At most 200 characters.", "At most 1 character.", "This is needed."],
    ["de", "Höchstens 200 Zeichen.", "Höchstens 1 Zeichen.", "Das wird gebraucht."],
    ["fr", "200 caractères au plus.", "1 caractère au plus.", "C’est nécessaire."],
    ["es", "Como máximo 200 caracteres.", "Como máximo 1 carácter.", "Hace falta."],
    ["it", "Al massimo 200 caratteri.", "Al massimo 1 carattere.", "È necessario."],
    ["pt", "No máximo 200 caracteres.", "No máximo 1 carácter.", "É necessário."],
    ["nl", "Hoogstens 200 tekens.", "Hoogstens 1 teken.", "Dit is nodig."],
    ["pl", "Najwyżej 200 znaków.", "Najwyżej 1 znak.", "To jest potrzebne."],
  ])(
    "is said in %s, with the form that the number asks for",
    async (language, many, one, empty) => {
      await speak(language);
      expect(said("too_long", { max: 200 })).toBe(many);
      expect(said("too_long", { max: 1 })).toBe(one);
      expect(said("too_short", { min: 1 })).toBe(empty);
    },
  );

  it("is said in Polish and Arabic, which count in more forms", async () => {
    await speak("pl");
    expect(said("too_short", { min: 3 })).toBe("Co najmniej 3 znaki.");
    await speak("ar");
    expect(said("too_long", { max: 2 })).toBe("حرفان على الأكثر.");
    expect(said("too_long", { max: 200 })).toMatch(/حرف على الأكثر\.$/u);
  });

  it("writes large numbers as the language does, and takes in words", async () => {
    await speak("de");
    expect(said("too_long", { max: 20_000 })).toBe("Höchstens 20.000 Zeichen.");
    expect(said("link_missing", { link: "{link}" })).toBe(
      "Setzen Sie {link} dorthin, wo der Link stehen soll.",
    );
  });

  it.each(Object.keys(LANGUAGES))("in %s never is the English of the server", async (language) => {
    await speak(language);
    for (const reason of ["cursor", "wrong_type", "made up later"]) {
      const text = said(reason, { expected: ["string", "null"] });
      expect(text).toBeTruthy();
      expect(text).not.toContain("something in English");
    }
  });

  it("is said once for each field, by its first part", () => {
    const wrong = wrongFields(
      refusal(
        "invalid",
        error("missing", {}, "texts.de"),
        error("too_long", { max: 9 }, "texts.fr"),
        error("origin", {}, "origins[2]"),
      ),
    );
    expect(Object.keys(wrong)).toEqual(["texts", "origins"]);
    expect(wrong.texts).toBe("This is needed.");
  });

  it("keeps words that the app has found itself", () => {
    const taken = refusal("email_taken", { field: "email", message: "There is an account." });
    expect(wrongFields(taken).email).toBe("There is an account.");
  });
});

describe("one sentence on a failure", () => {
  it("adds to a refused form why, and takes the reason where the code has no words", async () => {
    await speak("de");
    expect(explain(refusal("invalid", error("too_long", { max: 9 })))).toBe(
      "Etwas daran stimmt nicht. Prüfen Sie die Felder. Höchstens 9 Zeichen.",
    );
    expect(explain(refusal("review_too_far", error("within_months", { max: 6 })))).toBe(
      "In der Zukunft und höchstens 6 Monate im Voraus.",
    );
    expect(explain(refusal("last_owner", error("missing")))).toBe(
      "Ein Konto braucht einen Inhaber. Bestimmen Sie zuerst einen anderen.",
    );
  });

  it("is the reason alone where there is but one field", async () => {
    await speak("de");
    const refused = refusal("invalid", error("email", {}, "privacy.organisation.email"));
    expect(explainField(refused)).toBe(
      "Schreiben Sie eine vollständige E-Mail-Adresse wie name@example.com.",
    );
    expect(explainField(new Problem(403, "forbidden", "No."))).toBe(
      "Ihre Rolle erlaubt das nicht.",
    );
  });

  it("never shows what the server said in English", async () => {
    await speak("de");
    const unknown = "Etwas ist schiefgegangen. Versuchen Sie es noch einmal.";
    expect(explain(refusal("made_up_later"))).toBe(unknown);
    expect(explain(new TypeError("x is undefined"))).toBe(unknown);
    expect(explain(new Problem(500, "fault", "Something went wrong."))).toBe(
      "Der Server ist beschäftigt. Versuchen Sie es gleich noch einmal.",
    );
  });
});
