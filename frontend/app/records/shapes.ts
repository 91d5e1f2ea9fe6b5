/** What the server says of the audit log, the records and the breaches. */

export interface AuditLine {
  number: number;
  at: string;
  actor_kind: "operator" | "visitor" | "system";
  actor_id: string | null;
  action: string;
  target_kind: string;
  target_id: string | null;
}

export interface Broken {
  number: number;
  what: string;
  through: number | null;
  belongs_at: number | null;
}

export interface Checked {
  intact: boolean;
  lines: number;
  anchored: number;
  broken: Broken[];
}

export interface ReceiptsChecked {
  intact: boolean;
  broken: { number: number }[];
}

export interface Activity {
  id: string;
  purpose: string;
  subjects: string;
  data: string[];
  bases: string[];
  retention: string[];
}

export interface Recipient {
  id: string;
  name: string;
  role: string;
  receives: string;
  location: string;
}

export interface Said {
  activities: Activity[];
  recipients: Recipient[];
  transfers: { to: string; where: string; safeguard: string }[];
}

export interface RecordVersion {
  version: number;
  created_at: string;
  record: { applies: boolean; languages: Record<"en" | "de", Said> };
}

export interface Change {
  path: string;
  before: unknown;
  after: unknown;
}

export interface Breach {
  id: string;
  number: number;
  status: "open" | "closed";
  title: string;
  risk: string;
  nature: string[];
  decision: string;
  clock: { aware_at: string; hours: number; deadline_at: string; told_at: string | null };
  facts: Record<string, string | number | null>;
  began_at: string | null;
  ended_at: string | null;
  missing: string[];
}

export interface BreachNote {
  number: number;
  kind: string;
  operator_id: string | null;
  created_at: string;
}

/** A batch of letters to those concerned. */
export interface Mailing {
  id: string;
  scope_id: string;
  total: number;
  /** How many letters are in which state: waiting, sending, sent, failed, unclear, no-address. */
  counts: Partial<Record<string, number>>;
  created_at: string;
  finished_at: string | null;
}

export interface Scope {
  id: string;
  by_kind: "operator" | "token" | "session";
  by_id: string;
  since: string;
  until: string;
  counts: { people: Record<"opened" | "delivered" | "listed", number>; gone: number };
}
