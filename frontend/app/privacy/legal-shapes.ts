/** The JSON of the agreement, the register of sub-processors, and the checklist. */
import type { Time } from "../../shared/types";

export interface CheckItem {
  id: string;
  title_key: string;
  article: string;
  done: boolean;
  /** False where the account's settings make it pointless; it then counts as done. */
  applies: boolean;
  link: string;
}

export interface DpaSignature {
  id: string;
  version: string;
  sha256: string;
  file_sha256: string;
  signed_at: Time;
  /** Of the version that holds now. */
  current: boolean;
  name: string;
  title: string;
  company: string;
  address: string;
  country: string;
}

export interface Dpa {
  version: string;
  needed: boolean;
  /** Needed, and the version that holds now is not signed. */
  due: boolean;
  signature: DpaSignature | null;
}

export interface Subprocessor {
  id: string;
  name: string;
  address: string;
  contact: string;
  location: string;
  purpose: string;
  data_categories: string[];
  transfer_tool: string | null;
  announced_at: Time;
  in_force_from: Time;
  state: "in-force" | "announced" | "objected";
  /** What an objection switches off; null where it switches nothing. */
  feature: "files" | "visitor-mail" | null;
}
