/** The JSON of erasures, as operators see them. */
import type { Certificate } from "../../shared/certificate";
import type { Time } from "../../shared/types";

/** Rows by store: what would go, or what was found. */
export type Stores = Readonly<Record<string, number>>;

/** What the law has kept of somebody, until a day. */
export interface Staying {
  store: string;
  count: number;
  until: string;
}

/** What an erasure would do. */
export interface WhatGoes {
  stores: Stores;
  stays: Staying[];
  has_address: boolean;
}

export interface Removed {
  store: string;
  found: number;
  removed: number;
  /** Looked at again afterwards, and nothing was there. */
  verified: boolean;
}

/** A legal hold for which an erasure waits. */
export interface Hold {
  id: string;
  until: Time | null;
}

export interface Erasure {
  id: string;
  status: "queued" | "waiting" | "running" | "live" | "final";
  requested_at: Time | null;
  asked_by: string;
  live_at: Time | null;
  final_at: Time | null;
  holds: Hold[];
  receipts: Removed[];
  certificate: Certificate | null;
  final_certificate: Certificate | null;
}

export const isDone = (erasure: Erasure): boolean =>
  erasure.status === "live" || erasure.status === "final";

/** It comes further by itself within seconds: no hold has to end first. */
export const isMoving = (erasure: Erasure): boolean =>
  erasure.status === "queued" || erasure.status === "running";
