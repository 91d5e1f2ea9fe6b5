/** The JSON of taking an account along and of closing it. */
import type { Certificate } from "../../shared/certificate";
import type { Time } from "../../shared/types";
import type { Removed } from "../privacy/shapes";

export interface AccountSummary {
  chats: number;
  visitors: number;
  messages: number;
  operators: number;
  sites: number;
  holds: number;
}

export interface AccountExport {
  id: string;
  status: "queued" | "running" | "ready" | "failed";
  done: number;
  total: number;
  bytes: number;
  requested_at: Time;
  expires_at: Time;
  /** How long it can be fetched here without the password. */
  granted_until: Time | null;
}

export interface AccountErasure {
  id: string;
  status: "queued" | "running" | "live" | "final";
  requested_at: Time;
  live_at: Time | null;
  receipts: Removed[];
  certificate: Certificate | null;
  final_certificate: Certificate | null;
}

/** Why an account is closed, in the words of the interface. */
export const REASONS = [
  "no-longer-needed",
  "missing-feature",
  "too-hard",
  "moving",
  "privacy",
  "other",
] as const;
