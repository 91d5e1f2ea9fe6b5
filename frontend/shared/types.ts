/** The shapes of the HTTP interface, as JSON has them: `snake_case`, times RFC 3339, ids strings. */
import type { Marketing, Unanswered } from "./visitor-types";

export type Time = string;
export type Role = "owner" | "administrator" | "operator";
export type Availability = "online" | "offline";
export type Stage = "open" | "closed";
export type Language = string;

export interface List<T> {
  items: T[];
  next: string | null;
}

/** Who wrote or caused an event. */
export interface Author {
  kind: "visitor" | "operator" | "bot" | "system";
  id: string | null;
  name: string | null;
}

export type MessageType = "visitor-message" | "operator-message" | "bot-message";
export type EventType =
  | MessageType
  | "chat-closed"
  | "chat-reopened"
  | "chat-assigned"
  | "visitor-updated"
  // What happened to a message; folded into it, never a line of its own.
  | "message-edited"
  | "message-deleted";

/** One entry of a chat. `seq` counts from 1 without a gap within its chat. */
export interface ChatEvent {
  seq: number;
  id: string;
  type: EventType;
  author: Author;
  params: EventParams;
  created_at: Time;
}

export interface EventParams {
  text?: string;
  operator_id?: string | null;
  operator_name?: string | null;
  fields?: string[];
  file?: SentFile;
  /** Of a message, when its text was changed last; and of the event that tells of it. */
  edited_at?: Time;
  /** Of a message that is gone: its text and file are not there any more. */
  deleted_at?: Time;
  deleted_by?: "visitor" | "operator";
  /** Of `message-edited` and `message-deleted`: which message. */
  message_id?: string;
  message_seq?: number;
}

/** A file that was sent as a message, whose id it has. */
export interface SentFile {
  id: string;
  name: string;
  media_type: string;
  /** Bytes. */
  size: number;
  sha256: string;
  kind: "image" | "audio" | "video" | "document";
  width?: number;
  height?: number;
  thumbnail: boolean;
}

/** What a durable frame of a stream carries. */
export interface StreamedEvent extends ChatEvent {
  chat_id: string;
  visitor_id?: string;
}

export interface SentMessage {
  id: string;
  seq: number;
  chat_id: string;
  created_at: Time;
  file?: SentFile;
}

// Operators and their account

export interface Operator {
  id: string;
  name: string;
  display_name: string | null;
  email: string;
  role: Role;
  language: Language;
  availability: Availability;
}

export interface TeamMember extends Omit<Operator, "language"> {
  present: boolean;
  created_at: Time;
}

export interface Account {
  id: string;
  company: string;
}

export interface Me {
  operator: Operator;
  account: Account;
  /** Terms that hold now and that the account has not accepted; for those who may accept. */
  terms_due: { version: string } | null;
}

export interface SignedUp extends Omit<Me, "terms_due"> {
  site: { id: string; key: string; name: string };
}

export interface Session {
  id: string;
  created_at: Time;
  last_seen_at: Time;
  browser: string | null;
  current: boolean;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  created_at: Time;
  expires_at: Time;
  sent_at: Time | null;
}

export interface Token {
  id: string;
  name: string;
  scopes: string[];
  created_at: Time;
  expires_at: Time | null;
  last_used_at: Time | null;
}

export interface Installation {
  name: string;
  version: string;
  mail: "smtp" | "outbox";
  public_url: string;
  languages: Language[];
  /** Who runs it. */
  operator: { hosting: "self" | "others"; company: string | null; email: string | null };
}

export interface Terms {
  version: string;
  sha256: string;
  text: string;
}

// Sites

export interface Position {
  side: "left" | "right";
  x: number;
  y: number;
}

export interface Appearance {
  color: string;
  position: Position;
  team_name: string | null;
  greeting_online: Record<Language, string>;
  greeting_offline: Record<Language, string>;
}

export interface Site {
  id: string;
  key: string;
  name: string;
  allowed_origins: string[];
  appearance: Appearance;
  snippet: string;
  created_at: Time;
}

export interface Settings {
  general: {
    notification_email: string | null;
    legal_text: { enabled: boolean; requires_agreement: boolean; texts: Record<Language, string> };
  };
  email_request: {
    enabled: boolean;
    when: "always" | "offline";
    texts: Record<Language, string>;
    marketing: { enabled: boolean; texts: Record<Language, string> };
  };
  privacy: {
    organisation: {
      address: string | null;
      country: string | null;
      email: string | null;
      data_protection_officer: { name: string; email: string } | null;
    };
    breach_deadline_hours: number;
    /** Periods by class, each in its own unit. */
    retention: Record<string, number>;
  };
}

// Chats and visitors, as operators see them

export interface ChatVisitor {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  language: Language | null;
  browser: string | null;
  os: string | null;
  page_url: string | null;
  online: boolean;
  marketing: Marketing | Unanswered;
  /** No advertising to this address, whatever was answered. */
  do_not_contact?: boolean;
  created_at: Time;
}

export interface Visitor extends ChatVisitor {
  last_seen_at: Time;
  chat_id: string | null;
}

/** A visitor with everybody who is the same person, and the chats of all of them. */
export interface VisitorCard extends Visitor {
  /** Whose card shows this visitor too. */
  merged_into: string | null;
  merged: { id: string; name: string | null; created_at: Time }[];
  chats: PersonChat[];
}

/** A chat of a person, and who of those they are wrote in it. */
export interface PersonChat {
  id: string;
  visitor_id: string;
  stage: Stage;
  last_seq: number;
  created_at: Time;
  updated_at: Time;
}

export interface Chat {
  id: string;
  visitor: ChatVisitor;
  site_id: string;
  stage: Stage;
  unread: number;
  last_seq: number;
  operator_read_seq: number;
  visitor_read_seq: number;
  last_event: ChatEvent | null;
  assignee: { id: string; name: string } | null;
  team: null;
  tags: string[];
  created_at: Time;
  updated_at: Time;
}

export type * from "./frame-types";
export type * from "./visitor-types";
