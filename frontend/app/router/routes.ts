/** The addresses of the app: what each means, and how each is written. Pure, so it is tested alone. */

export const VIEWS = ["open", "mine", "unassigned", "closed", "all"] as const;
export type View = (typeof VIEWS)[number];

export const SECTIONS = [
  "general",
  "site",
  "chatbots",
  "privacy",
  "records",
  "breaches",
  "audit",
  "team",
  "tokens",
] as const;
export type Section = (typeof SECTIONS)[number];

export type Route =
  | { page: "landing"; form: "sign-up" | "sign-in" }
  | { page: "join" }
  | { page: "inbox"; view: View; chat: string | null }
  | { page: "visitors" }
  | { page: "requests"; id: string | null }
  | { page: "profile" }
  | { page: "closed"; erasure: string }
  | { page: "settings"; section: Section; site: string | null; breach?: string }
  | { page: "missing" };

/** Names that others know a page by, such as the checklist of the server. */
const KNOWN_AS = new Map<string, Section>([
  ["legal", "privacy"],
  ["email-request", "chatbots"],
]);

const ID = /^[0-9A-Za-z-]{1,64}$/;

const oneOf = <T extends string>(known: readonly T[], value: string | null | undefined): T | null =>
  known.find((item) => item === value) ?? null;

/** What an address means. Never throws: an address nobody made is `missing`. */
export function parse(pathname: string, search = ""): Route {
  const query = new URLSearchParams(search);
  const [root, first, second, ...rest] = pathname.split("/").filter(Boolean);
  if (root === undefined) {
    return { page: "landing", form: query.get("form") === "sign-in" ? "sign-in" : "sign-up" };
  }
  if (root === "join" && first === undefined) return { page: "join" };
  if (root !== "app") return { page: "missing" };
  if (
    first === "settings" &&
    second === "breaches" &&
    rest.length === 1 &&
    ID.test(rest[0] ?? "")
  ) {
    return { page: "settings", section: "breaches", site: null, breach: rest[0] ?? "" };
  }
  if (rest.length > 0) return { page: "missing" };
  const view = oneOf(VIEWS, query.get("view")) ?? "open";
  if (first === undefined) return { page: "inbox", view, chat: null };
  if (first === "chats" && second !== undefined && ID.test(second)) {
    return { page: "inbox", view, chat: second };
  }
  if (first === "visitors" && second === undefined) return { page: "visitors" };
  if (first === "requests" && (second === undefined || ID.test(second))) {
    return { page: "requests", id: second ?? null };
  }
  if (first === "profile" && second === undefined) return { page: "profile" };
  if (first === "closed" && second !== undefined && ID.test(second)) {
    return { page: "closed", erasure: second };
  }
  if (first === "settings") {
    const section =
      second === undefined ? "site" : (KNOWN_AS.get(second) ?? oneOf(SECTIONS, second));
    const site = query.get("site");
    if (section) return { page: "settings", section, site: site && ID.test(site) ? site : null };
  }
  return { page: "missing" };
}

/** The address of a route. `parse(href(r))` gives `r` again. */
export function href(route: Route): string {
  switch (route.page) {
    case "landing":
      return route.form === "sign-in" ? "/?form=sign-in" : "/";
    case "join":
      return "/join";
    case "inbox": {
      const query = route.view === "open" ? "" : `?view=${route.view}`;
      return (route.chat ? `/app/chats/${route.chat}` : "/app") + query;
    }
    case "visitors":
      return "/app/visitors";
    case "requests":
      return route.id ? `/app/requests/${route.id}` : "/app/requests";
    case "profile":
      return "/app/profile";
    case "closed":
      return `/app/closed/${route.erasure}`;
    case "settings": {
      if (route.breach) return `/app/settings/breaches/${route.breach}`;
      const query = route.site ? `?site=${encodeURIComponent(route.site)}` : "";
      return `/app/settings/${route.section}${query}`;
    }
    case "missing":
      return "/app";
  }
}
