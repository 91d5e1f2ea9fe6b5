/** The JSON of restrictions and holds. */
import type { Time } from "../../shared/types";

export const GROUNDS = ["accuracy", "unlawful", "claims", "objection"] as const;
export type Ground = (typeof GROUNDS)[number];

export interface Restriction {
  id: string;
  kind: "restriction" | "hold";
  visitor: { id: string; name: string | null; email: string | null; chat_id: string };
  ground: Ground | null;
  /** The reason of a restriction, or the matter of a hold. */
  words: string | null;
  author: { kind: "visitor" | "operator" | "system"; id: string | null; name: string | null };
  began_at: Time;
  review_at: Time | null;
  lifted_at: Time | null;
  erasure_waits: boolean;
}
