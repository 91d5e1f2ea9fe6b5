import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../shared/api";
import type { Site } from "../../shared/types";
import { answerAll, answering, taken } from "../store/answers";
import { loadSites } from "../store/load";
import { siteList, sites } from "../store/state";
import { flushSite, forgetSaving, leaveSites, refused, saveSite } from "./saving";

const toasts = vi.hoisted(() => [] as { text: string; undo?: () => void }[]);
vi.mock("../parts/toast", () => ({
  toast: (text: string, how: { undo?: () => void } = {}) => toasts.push({ text, ...how }),
}));

const site = (more: Partial<Site> = {}, look: Partial<Site["appearance"]> = {}): Site => ({
  id: "site-1",
  key: "0123456789abcdef01234567",
  name: "Shop",
  allowed_origins: [],
  snippet: "",
  created_at: "2026-03-02T09:00:00Z",
  ...more,
  appearance: {
    color: "#111111",
    position: { side: "right", x: 20, y: 20 },
    team_name: null,
    greeting_online: { en: "Hello", de: "Hallo" },
    greeting_offline: {},
    ...look,
  },
});

const shown = () => sites.value?.[0] as Site;
const color = (value: string) => ({ appearance: { color: value } });
const invalid = () => new Problem(422, "invalid", "", [{ field: "name", message: "too long" }]);

beforeEach(() => {
  vi.useFakeTimers();
  toasts.length = 0;
  siteList.say([site(), site({ id: "site-2", name: "Other" })]);
});

afterEach(async () => {
  await answerAll();
  forgetSaving();
  siteList.say(null);
  vi.useRealTimers();
});

describe("a change of a site", () => {
  it("is shown at once, and goes with others after a pause", async () => {
    const asked = answering();
    saveSite("site-1", { name: "Sho" });
    saveSite("site-1", { name: "Store" });
    saveSite("site-1", color("#222222"));
    expect(shown()).toMatchObject({ name: "Store", ...color("#222222") });
    expect(asked).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(600);
    expect(asked.map(({ body }) => body)).toEqual([{ name: "Store", ...color("#222222") }]);
  });

  it("outlives a list that comes while it waits", async () => {
    const asked = answering();
    const loading = loadSites();
    await taken();
    saveSite("site-1", { appearance: { position: { side: "left", x: 20, y: 20 } } });
    await asked[0]?.answer({ items: [site({ name: "Renamed elsewhere" })] });
    await loading;
    expect(shown().appearance.position.side).toBe("left");
    expect(shown().name).toBe("Renamed elsewhere");
  });

  it("outlives a list that comes while it is on its way, and one asked for before it", async () => {
    const asked = answering();
    const old = loadSites();
    await taken();
    saveSite("site-1", color("#222222"));
    void flushSite("site-1");
    await asked[0]?.answer({ items: [site()] });
    await old;
    expect(shown().appearance.color).toBe("#222222");
    expect(asked.map(({ method }) => method)).toEqual(["get", "patch"]);
    const next = loadSites();
    await asked[1]?.answer(site({}, { color: "#222222" }));
    expect(shown().appearance.color).toBe("#222222");
    await asked[2]?.answer({ items: [site({}, { color: "#333333" })] });
    await next;
    expect(shown().appearance.color).toBe("#333333");
  });

  it("waits while another is on its way, and the answer to that does not hide it", async () => {
    const asked = answering();
    saveSite("site-1", color("#222222"));
    void flushSite("site-1");
    saveSite("site-1", color("#333333"));
    void flushSite("site-1");
    await taken();
    expect(asked).toHaveLength(1);
    await asked[0]?.answer(site({}, { color: "#222222" }));
    expect(shown().appearance.color).toBe("#333333");
    expect(asked[1]?.body).toEqual(color("#333333"));
    await asked[1]?.answer(site({}, { color: "#333333" }));
    expect(shown().appearance.color).toBe("#333333");
  });

  it("that is not allowed is taken back without what is newer", async () => {
    const asked = answering();
    saveSite("site-1", color("#222222"));
    void flushSite("site-1");
    saveSite("site-1", { name: "Store" });
    await taken();
    await asked[0]?.refuse(new Problem(403, "forbidden", ""));
    expect(shown()).toMatchObject({ name: "Store", ...color("#111111") });
  });

  it("stays in its field where it was refused, until that is changed or left", async () => {
    const asked = answering();
    saveSite("site-1", { name: "x".repeat(200) });
    void flushSite("site-1");
    await taken();
    await asked[0]?.refuse(invalid());
    siteList.say([site()]);
    expect(shown().name).toHaveLength(200);
    saveSite("site-1", color("#222222"));
    expect(refused.value.get("site-1")).toHaveProperty("name");
    expect(shown().name).toHaveLength(200);
    saveSite("site-1", { name: "Store" });
    expect(refused.value.get("site-1")).toEqual({});
    void flushSite("site-1");
    await taken();
    expect(asked[1]?.body).toEqual({ name: "Store", ...color("#222222") });
    await asked[1]?.refuse(invalid());
    leaveSites();
    expect(shown().name).toBe("Shop");
  });

  it("goes again with the next one when the server was away", async () => {
    const asked = answering();
    saveSite("site-1", color("#222222"));
    void flushSite("site-1");
    saveSite("site-1", { appearance: { greeting_online: { de: null } } });
    await taken();
    await asked[0]?.refuse(new Problem(0, "unreachable", ""));
    expect(shown().appearance).toMatchObject({
      color: "#222222",
      greeting_online: { en: "Hello" },
    });
    await vi.advanceTimersByTimeAsync(600);
    expect(asked[1]?.body).toEqual({
      appearance: { color: "#222222", greeting_online: { de: null } },
    });
  });

  it("is taken back by its own undo, and nothing else is", async () => {
    const asked = answering();
    saveSite("site-1", color("#222222"));
    void flushSite("site-1");
    await taken();
    await asked[0]?.answer(site({}, { color: "#222222" }));
    siteList.say([site({}, { color: "#222222", team_name: "Newer" })]);
    toasts[0]?.undo?.();
    expect(shown().appearance).toMatchObject({ color: "#111111", team_name: "Newer" });
    await taken();
    expect(asked[1]?.body).toEqual(color("#111111"));
    await asked[1]?.answer(site({}, { team_name: "Newer" }));
    expect(toasts[1]?.undo).toBeUndefined();
  });

  it("of a name that is empty for a moment stays, is not sent, and goes with the page", async () => {
    const asked = answering();
    saveSite("site-1", { name: " " });
    await vi.advanceTimersByTimeAsync(700);
    siteList.say([site()]);
    expect(shown().name).toBe(" ");
    expect(asked).toHaveLength(0);
    leaveSites();
    expect(shown().name).toBe("Shop");
  });
});
