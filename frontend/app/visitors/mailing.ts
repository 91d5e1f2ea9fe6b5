/** The list of addresses for mailing: only those who said yes, and as of when. */
import type { List, Marketing, Visitor } from "../../shared/types";
import { client } from "../store/client";

const PAGE = 200;

/** A table program takes a cell that begins with one of these for a formula. */
const FORMULA = /^[=+\-@\t\r]/u;

/** One cell of a CSV, which means nothing but its text wherever it is opened. */
export function cell(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The answer column's name says as of when it holds. */
export function mailingList(visitors: readonly Visitor[], asOf: string): string {
  const head = [
    "email",
    "name",
    `permission as of ${asOf}`,
    "answered_at",
    "text_version",
    "language",
    "text",
  ];
  const rows = visitors.flatMap((visitor) => {
    const { email, name, marketing } = visitor;
    return email && marketing.answer === "yes" ? [row(email, name, marketing)] : [];
  });
  // The sign at the beginning tells table programs that this is UTF-8.
  return `\uFEFF${[head, ...rows].map((cells) => cells.map(cell).join(",")).join("\r\n")}\r\n`;
}

const row = (email: string, name: string | null, marketing: Marketing): string[] => [
  email,
  name ?? "",
  "yes",
  marketing.answered_at,
  marketing.text_version,
  marketing.language,
  marketing.text,
];

export interface Mailing {
  name: string;
  text: string;
  /** How many addresses there are. */
  count: number;
}

/** Fetch everybody who says yes. */
export async function fetchMailing(): Promise<Mailing> {
  const asOf = `${new Date().toISOString().slice(0, 19)}Z`;
  const all: Visitor[] = [];
  let after: string | null = null;
  do {
    const page: List<Visitor> = await client.get<List<Visitor>>("/v1/visitors", {
      query: { marketing: "yes", limit: PAGE, after },
    });
    all.push(...page.items);
    after = page.next;
  } while (after);
  const agreed = all.filter(({ email, marketing }) => email && marketing.answer === "yes");
  return {
    name: `mailing-${asOf.replaceAll(":", "-")}.csv`,
    text: mailingList(agreed, asOf),
    count: agreed.length,
  };
}
