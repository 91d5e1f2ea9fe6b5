import { describe, expect, it } from "vitest";
import { originIn } from "./install";
import { originOf } from "./origins";
import { rolesFor } from "./team";

const SNIPPET = '<script async src="https://chat.example.com/widget.js"></script>';

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
    expect(originIn(SNIPPET)).toBe("https://chat.example.com");
    expect(originIn("")).toBe(location.origin);
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
