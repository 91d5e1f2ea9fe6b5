/** The JSON of retention: what is due by class, and runs. */
import type { Time } from "../../shared/types";

export type Unit = "hours" | "days" | "months";
export type ClassName =
  | "visit"
  | "conversation"
  | "consent"
  | "security"
  | "audit"
  | "letters"
  | "export";

export interface ClassDue {
  code: string;
  name: ClassName;
  period: number;
  unit: Unit;
  most: number;
  /** The field of `privacy.retention`; null where the time is fixed. */
  setting: string | null;
  people: number;
  rows: number;
  /** Of the people who go. */
  files: number;
  oldest: Time | null;
}

/** A class that no account sets; `period` counts days, null where nobody stands in it. */
export interface Elsewhere {
  code: string;
  name: "failed-jobs" | "backups" | "numbers";
  period: number | null;
}

export interface Preview {
  at: Time;
  classes: ClassDue[];
  elsewhere: Elsewhere[];
}

export interface Run {
  id: string;
  status: "queued" | "running" | "done";
  dry_run: boolean;
  asked_by: "operator" | "system";
  asked_at: Time;
  finished_at: Time | null;
  done: number;
  total: number;
  has_report: boolean;
}
