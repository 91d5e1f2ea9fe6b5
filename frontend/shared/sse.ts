/** Server-sent events from bytes: the line format, nothing else. */

export interface Frame {
  /** `null` when the frame carried none. */
  id: string | null;
  /** Empty for a frame without a name. */
  event: string;
  data: string;
}

/**
 * Make a function that takes text as it arrives, cut anywhere, and hands on whole frames.
 * Comment lines and unknown fields are skipped, as the format says.
 */
export function createParser(onFrame: (frame: Frame) => void): (chunk: string) => void {
  let rest = "";
  let id: string | null = null;
  let event = "";
  let data: string[] = [];

  const line = (text: string) => {
    if (text === "") {
      if (data.length > 0) onFrame({ id, event, data: data.join("\n") });
      id = null;
      event = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + (text[colon + 1] === " " ? 2 : 1));
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id") id = value;
  };

  return (chunk) => {
    rest += chunk;
    let from = 0;
    for (let at = 0; at < rest.length; at += 1) {
      const char = rest[at];
      if (char !== "\n" && char !== "\r") continue;
      // A carriage return at the end may be half of a line end: wait for what follows.
      if (char === "\r" && at + 1 === rest.length) break;
      line(rest.slice(from, at));
      if (char === "\r" && rest[at + 1] === "\n") at += 1;
      from = at + 1;
    }
    rest = rest.slice(from);
  };
}
