/** The JSON of people's requests about their data. */
import type { Time } from "../../shared/types";

export const KINDS = [
  "access",
  "correction",
  "erasure",
  "restriction",
  "portability",
  "objection",
] as const;
export type Kind = (typeof KINDS)[number];

export type State =
  | "received"
  | "identity_pending"
  | "verified"
  | "in_scope_check"
  | "approved"
  | "refused"
  | "running"
  | "waiting_external"
  | "partially_done"
  | "done"
  | "duplicate"
  | "withdrawn"
  | "extended";

export const GROUNDS = [
  "not_identified",
  "unfounded",
  "excessive",
  "rights_of_others",
  "legal_duty",
  "legal_claims",
  "compelling_grounds",
  "not_our_data",
] as const;
export type Ground = (typeof GROUNDS)[number];

export type Via = "widget" | "message" | "form" | "letter" | "phone" | "email";

export interface Listed {
  id: string;
  kind: Kind;
  state: State;
  via: Via;
  received_at: Time;
  /** The last day for the answer, as 2026-02-28. */
  due_on: string;
  days_left: number;
  extended: boolean;
  stopped: boolean;
  closed_at: Time | null;
  /** Null once the person was erased. */
  who: string | null;
  visitor_id: string | null;
}

export interface Step {
  number: number;
  came_from: State | null;
  state: State;
  actor_kind: "operator" | "visitor" | "system";
  actor_name: string | null;
  at: Time;
  notes: string[];
}

export type LetterKind = "confirm" | "extension" | "answer" | "refusal" | "other";
export type Way = "email" | "widget" | "by-hand";

export interface Letter {
  id: string;
  kind: LetterKind;
  way: Way;
  to: string | null;
  subject: string;
  text: string;
  language: string;
  created_at: Time;
  sent_at: Time | null;
}

export interface Draft {
  kind: LetterKind;
  language: string;
  way: Way;
  subject: string;
  text: string;
  /** What is added to it whatever is changed. */
  always: string | null;
}

export interface Match {
  id: string;
  name: string | null;
  email: string | null;
  last_seen_at: Time;
}

export type Wishes = Partial<Record<"name" | "email" | "phone", string | null>>;

export interface Whole {
  request: Listed;
  first_due_on: string;
  next: State[];
  person_kind: "visitor" | "requester" | null;
  name: string | null;
  email: string | null;
  text: string | null;
  language: string | null;
  on_behalf: string | null;
  wishes: Wishes;
  chat_id: string | null;
  seq: number | null;
  way: Way | null;
  ground: Ground | null;
  erasure_id: string | null;
  duplicate_of: string | null;
  steps: Step[];
  letters: Letter[];
  matches: Match[];
}

const OVER: ReadonlySet<State> = new Set(["refused", "done", "duplicate", "withdrawn"]);

export const isClosed = ({ state }: Pick<Listed, "state">): boolean => OVER.has(state);
