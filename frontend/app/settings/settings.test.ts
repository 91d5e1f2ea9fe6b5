import { describe, expect, it } from "vitest";
import type { Site } from "../../shared/types";
import { originIn } from "./install";
import { originOf } from "./origins";
import { changed, patchOf } from "./saving";
import { rolesFor } from "./team";

const site: Site = {
  id: "site-1",
  key: "0123456789abcdef01234567",
  name: "Shop",
  allowed_origins: [],
  appearance: {
    color: "#2f6feb",
    position: { side: "right", x: 20, y: 20 },
    team_name: null,
    greeting_online: { en: "Hello", de: "Hallo" },
    greeting_offline: {},
  },
  snippet: '<script async src="https://chat.example.com/widget.js"></script>',
  created_at: "2026-03-02T09:00:00Z",
};

describe("origins", () => {
  it.each([
    ["https://example.com", "https://example.com"],
    ["example.com", "https://example.com"],
    ["HTTPS://Example.com/path?x=1", "https://example.com"],
    ["http://localhost:3000", "http://localhost:3000"],
    ["localhost", "https://localhost"],
    ["https://example.com:443", "https://example.com"],
    ["https://[::1]:8000", "https://[::1]:8000"],
    ["bücher.example", "https://xn--bcher-kva.example"],
  ])("%s is %s", (typed, origin) => {
    expect(originOf(typed)).toBe(origin);
  });

  it.each([
    "",
    "word",
    "two words.example",
    "ftp://example.com",
    "https://*.example.com",
    "javascript:alert(1)",
    "https://a:b@example.com",
  ])("%s is none", (typed) => {
    expect(originOf(typed)).toBeNull();
  });

  it("finds our own in the snippet", () => {
    expect(originIn(site.snippet)).toBe("https://chat.example.com");
    expect(originIn("")).toBe(location.origin);
  });
});

describe("changes of a site", () => {
  it("show at once and leave the rest alone", () => {
    const next = changed(site, { appearance: { color: "#111111" } });
    expect(next.appearance).toEqual({ ...site.appearance, color: "#111111" });
    expect(site.appearance.color).toBe("#2f6feb");
  });

  it("name a text that is gone with null, as a merge patch wants it", () => {
    const change = { appearance: { greeting_online: { de: "Moin" } } };
    expect(patchOf(site, change)).toEqual({
      appearance: { greeting_online: { de: "Moin", en: null } },
    });
  });

  it("send nothing that was not changed", () => {
    expect(patchOf(site, { name: "Store" })).toEqual({ name: "Store" });
  });
});

describe("roles", () => {
  it("that one may give", () => {
    expect(rolesFor("owner", "owner")).toContain("owner");
    expect(rolesFor("administrator", "operator")).toEqual(["operator", "administrator"]);
    expect(rolesFor("administrator", "owner")).toEqual([]);
    expect(rolesFor("operator", "operator")).toEqual([]);
  });
});
