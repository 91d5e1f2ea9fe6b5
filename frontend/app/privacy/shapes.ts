/** The JSON of erasures, as operators see them. */
import type { Time } from "../../shared/types";

/** Rows by store: what would go, or what was found. */
export type Stores = Readonly<Record<string, number>>;

export interface Removed {
  store: string;
  found: number;
  removed: number;
  /** Looked at again afterwards, and nothing was there. */
  verified: boolean;
}

export interface Erasure {
  id: string;
  status: "queued" | "running" | "live" | "final";
  requested_at: Time | null;
  receipts: Removed[];
  certificate: Readonly<Record<string, unknown>> | null;
}

export const isDone = (erasure: Erasure): boolean =>
  erasure.status === "live" || erasure.status === "final";
