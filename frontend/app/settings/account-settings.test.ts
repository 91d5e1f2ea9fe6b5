import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem } from "../../shared/api";
import type { Settings } from "../../shared/types";
import { answerAll, answering, taken } from "../store/answers";
import {
  forgetSettings,
  loadSettings,
  saveSettings,
  settings,
  trySettings,
} from "./account-settings";
import { draftOf, drafts, sent, write } from "./published";

const toasts = vi.hoisted(() => [] as { text: string; undo?: () => void }[]);
vi.mock("../parts/toast", () => ({
  toast: (text: string, how: { undo?: () => void } = {}) => toasts.push({ text, ...how }),
}));

const known = (request: Partial<Settings["email_request"]> = {}): Settings => ({
  general: {
    notification_email: null,
    legal_text: { enabled: false, requires_agreement: false, texts: {} },
  },
  email_request: {
    enabled: false,
    when: "always",
    texts: {},
    marketing: { enabled: false, texts: {} },
    ...request,
  },
  privacy: {
    organisation: { address: null, country: null, email: null, data_protection_officer: null },
    breach_deadline_hours: 72,
    retention: { visit_hours: 24 },
  },
});

const on = { email_request: { enabled: true } };
const off = { email_request: { enabled: false } };
const always = { email_request: { when: "always" } };
const offline = { email_request: { when: "offline" } };
const request = () => settings.value?.email_request;

beforeEach(async () => {
  const asked = answering();
  const loading = loadSettings();
  await taken();
  await asked[0]?.answer(known());
  await loading;
  asked.length = 0;
  toasts.length = 0;
});

afterEach(async () => {
  await answerAll();
  forgetSettings();
});

it("shows a switch as it was pressed, whatever arrives before it is answered", async () => {
  const asked = answering();
  const loading = loadSettings();
  await taken();
  void trySettings(on, off);
  await asked[0]?.answer(known({ when: "offline" }));
  await loading;
  expect(request()).toMatchObject({ enabled: true, when: "offline" });
  await asked[1]?.answer(known({ enabled: true, when: "offline" }));
  expect(request()).toMatchObject({ enabled: true, when: "offline" });
});

it("sends one change after another, and no answer hides the next one", async () => {
  const asked = answering();
  void trySettings(on, off);
  void trySettings(offline, always);
  void trySettings(off, on);
  await taken();
  expect(asked).toHaveLength(1);
  expect(request()).toMatchObject({ enabled: false, when: "offline" });
  await asked[0]?.answer(known({ enabled: true }));
  expect(request()).toMatchObject({ enabled: false, when: "offline" });
  await asked[1]?.answer(known({ enabled: true, when: "offline" }));
  expect(request()).toMatchObject({ enabled: false, when: "offline" });
  await asked[2]?.answer(known({ when: "offline" }));
  expect(asked.map(({ body }) => body)).toEqual([on, offline, off]);
});

it("takes back what was refused, and nothing newer", async () => {
  const asked = answering();
  void trySettings(on, off);
  void trySettings(offline, always);
  await taken();
  await asked[0]?.refuse(new Problem(403, "forbidden", ""));
  expect(request()).toMatchObject({ enabled: false, when: "offline" });
});

it("undoes at once, and only what was done", async () => {
  const asked = answering();
  void trySettings(on, off);
  await taken();
  await asked[0]?.answer(known({ enabled: true, when: "offline" }));
  toasts[0]?.undo?.();
  expect(request()).toMatchObject({ enabled: false, when: "offline" });
  await taken();
  expect(asked[1]?.body).toEqual(off);
});

it("keeps what was written while a text was being published", async () => {
  const asked = answering();
  const published = { enabled: true, requires_agreement: false, texts: { en: "one", de: "eins" } };
  write(drafts.legal, { texts: { en: "two" } });
  const changed = drafts.legal.value;
  const saving = saveSettings({ general: { legal_text: draftOf(published, changed) } });
  write(drafts.legal, { texts: { en: "three" } });
  await taken();
  await asked[0]?.answer(known());
  await saving;
  sent(drafts.legal, changed);
  expect(draftOf(published, drafts.legal.value).texts.en).toBe("three");
  sent(drafts.legal, drafts.legal.value);
  expect(drafts.legal.value).toBeNull();
});

it("publishes over others only what was written here", () => {
  write(drafts.legal, { texts: { en: "two" } });
  write(drafts.legal, { requires_agreement: true });
  const theirs = { enabled: true, requires_agreement: false, texts: { en: "1", fr: "un" } };
  expect(draftOf(theirs, drafts.legal.value)).toEqual({
    enabled: true,
    requires_agreement: true,
    texts: { en: "two", fr: "un" },
  });
});
