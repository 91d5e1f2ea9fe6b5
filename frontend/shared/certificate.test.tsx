import { render } from "preact";
import { expect, test } from "vitest";
import { type Certificate, CertificateText, type CertificateTexts } from "./certificate";

const SAID: CertificateTexts = {
  language: "de",
  headings: {
    claim: "Bestätigt",
    not_covered: "Umfasst nicht",
    kept: "Bleibt",
    count: "Einträge: {count}",
    until: "Bis {date}",
    until_revoked: "Bis auf Widerruf",
    signed: "Englisch ist unterzeichnet.",
    signed_words: "Die Worte",
  },
  texts: { deleted: "gelöscht", backups: "Sicherungen", lines: "Zeilen", law: "Gesetz" },
};
const ONE: Certificate = {
  stage: "live",
  claim: "deleted",
  not_covered: "backups",
  retained: [
    { store: "audit_lines", count: 2, what: "lines", ground: "law", until: "2029-11-08" },
    { store: "hashes", count: 1, what: "a hash", ground: "law", until: "revoked" },
  ],
};

function shown(certificate: Certificate, said = SAID): HTMLElement {
  const root = document.createElement("div");
  render(<CertificateText certificate={certificate} said={said} />, root);
  return root;
}

const textsOf = (root: HTMLElement, selector: string) =>
  [...root.querySelectorAll(selector)].map((each) => each.textContent);

test("each sentence is said in the language, and the signed words are offered", () => {
  const root = shown(ONE);
  expect(textsOf(root, "dd > p")).toEqual(["gelöscht", "Sicherungen", "Zeilen", "a hash"]);
  expect(textsOf(root, "dd > small")).toEqual([
    ...["Gesetz", "Einträge: 2", "Bis 8. November 2029"],
    ...["Gesetz", "Einträge: 1", "Bis auf Widerruf"],
  ]);
  expect(textsOf(root, "details [lang=en] p")).toEqual([
    "deleted",
    "backups",
    "lines",
    "law",
    "a hash",
  ]);
  expect(root.textContent).toContain("Englisch ist unterzeichnet.");
});

test("what is not known is shown as it was signed, and marked as English", () => {
  const root = shown({ ...ONE, claim: "constructor", retained: [] });
  const [claim, limit] = root.querySelectorAll("dd > p");
  expect([claim?.textContent, claim?.getAttribute("lang")]).toEqual(["constructor", "en"]);
  expect(limit?.hasAttribute("lang")).toBe(false);
  expect(textsOf(root, "dt")).toEqual(["Bestätigt", "Umfasst nicht"]);
});

test("in English nothing is a translation", () => {
  const root = shown(ONE, { ...SAID, language: "en" });
  expect(root.querySelector("details")).toBeNull();
});
