/** Frames of the operators' stream that have a name and no id; part of `types.ts`. */
import type { Author, Availability } from "./types";

export interface OperatorHello {
  position: string | number;
  operators: { id: string; present: boolean; availability: Availability }[];
  visitors_online: string[];
}

export interface OperatorSignals {
  typing: { chat_id: string; author: Author };
  read: { chat_id: string; operator_read_seq: number; visitor_read_seq: number; unread: number };
  presence: {
    kind: "visitor" | "operator";
    id: string;
    online: boolean;
    availability?: Availability;
  };
  changed: {
    what:
      | "sites"
      | "operators"
      | "settings"
      | "visitor"
      | "chat"
      | "requests"
      | "breaches"
      | "breach-mailings";
    id: string | null;
  };
}
