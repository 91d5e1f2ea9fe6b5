/**
 * What loader and frame say to each other over their port. Both ends check what they hear:
 * the page that hosts the widget, and scripts on it, are strangers to the frame and the reverse.
 */

/** What the page has set travels as JSON text; the frame picks from it what it knows. */
export type ToFrame =
  /** First on every connection. */
  | { type: "configure"; language: string; page: string; look: string; embedded: boolean }
  | { type: "shown"; open: boolean }
  | { type: "visitor"; data: string }
  | { type: "resume" }
  | { type: "forget" }
  | { type: "consent"; map: string };

export type ToLoader =
  | { type: "close" }
  /** The site is not known here. */
  | { type: "gone" }
  | { type: "unread"; count: number }
  | { type: "started" }
  | { type: "resumed"; started: boolean }
  | { type: "look"; fill: string; on: string };
