/** A message as it stands after what was done to it: changed and deleted where it stands. */
import type { ChatEvent, EventParams } from "../../shared/types";

const CHANGES: ReadonlySet<string> = new Set(["message-edited", "message-deleted"]);

/** Whether an event tells of another message, and is no line of its own. */
export const isChange = (event: ChatEvent): boolean => CHANGES.has(event.type);

/** What a message holds after an event that tells of it; the same when it knows already. */
export function changedParams(params: EventParams, { type, params: told }: ChatEvent): EventParams {
  if (params.deleted_at) return params;
  if (type === "message-deleted") {
    const { deleted_at, deleted_by } = told;
    return { ...(deleted_at ? { deleted_at } : {}), ...(deleted_by ? { deleted_by } : {}) };
  }
  const { edited_at, text } = told;
  // Without its text it tells of a change that a later one has replaced.
  if (!edited_at || text === undefined || edited_at <= (params.edited_at ?? "")) return params;
  return { ...params, text, edited_at };
}

/**
 * Apply every change of a run to the messages of that run, and take the texts out of changes whose
 * message is gone. The same run comes back when there is nothing to do.
 */
export function folded(run: readonly ChatEvent[]): readonly ChatEvent[] {
  const changes = new Map<string, ChatEvent[]>();
  for (const event of run) {
    const id = event.params.message_id;
    if (id && isChange(event)) changes.set(id, [...(changes.get(id) ?? []), event]);
  }
  if (changes.size === 0) return run;
  const gone = new Set<string>();
  for (const [id, told] of changes) {
    if (told.some(({ type }) => type === "message-deleted")) gone.add(id);
  }
  let moved = false;
  const next = run.map((event) => {
    const params = isChange(event)
      ? withoutText(event.params, gone)
      : (changes.get(event.id) ?? []).reduce(changedParams, event.params);
    if (params === event.params) return event;
    moved = true;
    return { ...event, params };
  });
  return moved ? next : run;
}

function withoutText(params: EventParams, gone: ReadonlySet<string>): EventParams {
  if (params.text === undefined || !gone.has(params.message_id ?? "")) return params;
  const { text: _text, ...rest } = params;
  return rest;
}
