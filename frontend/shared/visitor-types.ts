/** What the visitor's own widget sees and says; part of `types.ts`. */
import type { Author, Language, Position, Stage, Time } from "./types";

export interface Notice {
  id: string;
  text: string;
  language: Language;
  sha256: string;
  requires_agreement: boolean;
  version: number;
}

export type YesNo = "yes" | "no";

/** What a visitor answered to the marketing question, and to which words. */
export interface Marketing {
  answer: YesNo;
  text: string;
  text_version: string;
  language: Language;
  answered_at: Time;
  chat_id: string | null;
}

/** Not asked, or not answered: nothing of it is set. */
export interface Unanswered {
  answer: null;
}

/** The proof of what was shown and answered. Subjects of embeds are `embed:` and the provider. */
export interface Receipt {
  id: string;
  number: number;
  subject: string;
  answer: "shown" | "given" | "refused" | "withdrawn";
  text: string;
  text_version: string;
  language: Language;
  sha256: string;
  method: string;
  surface: string;
  at: Time;
  hash: string;
  /** Why an operator wrote it on the visitor's behalf. */
  reason: string | null;
}

export type EmailRequest =
  | { enabled: false }
  | {
      enabled: true;
      when: "always" | "offline";
      text: string | null;
      marketing: { enabled: boolean; question: Notice | null };
    };

/** A visitor's own erasure, with the word that proves that its certificate is theirs. */
export interface OwnErasure {
  erasure: { id: string; status: string; requested_at: Time };
  nonce: string;
}

export interface Widget {
  site: { key: string; name: string };
  online: boolean;
  operators: { name: string }[];
  appearance: {
    color: string;
    text_color: string;
    position: Position;
    team_name: string | null;
    greeting: string | null;
  };
  language: Language;
  dir: "ltr" | "rtl";
  notice: Notice | null;
  email_request: EmailRequest;
  /** What may be sent: bytes a file, and the endings of names that are taken. */
  files?: { max_bytes: number; accept: string[] } | null;
}

export interface StartedVisitor {
  visitor: { id: string };
  token: string;
  expires_at: Time;
}

export interface VisitorChat {
  id: string;
  stage: Stage;
  last_seq: number;
  visitor_read_seq: number;
  operator_read_seq: number;
  unread: number;
}

export interface VisitorMe {
  visitor: {
    id: string;
    name: string | null;
    email: string | null;
    phone: string | null;
    language: Language;
    page_url?: string | null;
  };
  chat: VisitorChat | null;
  marketing: Marketing | null;
  receipts: Receipt[];
  /** What stands against the use of their data; a hold keeps it, and `yours` may be lifted by them. */
  restriction: { since: Time; held: boolean; yours: boolean } | null;
}

export interface VisitorHello {
  chat: VisitorChat | null;
  online: boolean;
  operators: { name: string }[];
}

export interface VisitorSignals {
  typing: { chat_id: string; author: Author };
  read: { chat_id: string; operator_read_seq: number; visitor_read_seq: number; unread: number };
  presence: { online: boolean; operators: { name: string }[] };
}
