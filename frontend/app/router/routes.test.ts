import { describe, expect, it } from "vitest";
import { href, parse, type Route } from "./routes";

const ROUTES: Route[] = [
  { page: "landing", form: "sign-up" },
  { page: "landing", form: "sign-in" },
  { page: "join" },
  { page: "inbox", view: "open", chat: null },
  { page: "inbox", view: "mine", chat: null },
  { page: "inbox", view: "all", chat: "0199a1b2-0000-7000-8000-000000000000" },
  { page: "visitors" },
  { page: "requests", id: null },
  { page: "requests", id: "0199a1b2-0000-7000-8000-000000000003" },
  { page: "profile" },
  { page: "closed", erasure: "0199a1b2-0000-7000-8000-000000000002" },
  { page: "settings", section: "site", site: null },
  { page: "settings", section: "site", site: "0199a1b2-0000-7000-8000-000000000001" },
  { page: "settings", section: "general", site: null },
  { page: "settings", section: "chatbots", site: null },
  { page: "settings", section: "privacy", site: null },
  { page: "settings", section: "team", site: null },
  { page: "settings", section: "tokens", site: null },
  { page: "settings", section: "breaches", site: null },
  {
    page: "settings",
    section: "breaches",
    site: null,
    breach: "0199a1b2-0000-7000-8000-000000000004",
  },
];

describe("addresses", () => {
  it.each(ROUTES)("%j leads back to itself", (route) => {
    const { pathname, search } = new URL(href(route), "http://localhost");
    expect(parse(pathname, search)).toEqual(route);
  });

  it.each([
    ["/app/", "inbox"],
    ["/app/settings", "settings"],
    ["/app/chats", "missing"],
    ["/app/chats/%00", "missing"],
    ["/app/chats/one/two", "missing"],
    ["/app/settings/nothing", "missing"],
    ["/app/settings/team/one", "missing"],
    ["/app/settings/breaches/one/two", "missing"],
    ["/app/settings/legal", "settings"],
    ["/app/settings/email-request", "settings"],
    ["/app/settings/toString", "missing"],
    ["/elsewhere", "missing"],
    ["/join/more", "missing"],
  ])("%s is %s", (pathname, page) => {
    expect(parse(pathname).page).toBe(page);
  });

  it("ignores a view that does not exist", () => {
    expect(parse("/app", "?view=nonsense")).toMatchObject({ view: "open" });
  });
});
