/** Merge patches, as the server takes them (RFC 7396): what is named changes, and null goes. */

export type Patch = { readonly [name: string]: unknown };

const isPatch = (value: unknown): value is Patch =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a patch makes of something. */
export function patched<T extends object>(known: T, patch: object): T {
  const next: Record<string, unknown> = Object.fromEntries(Object.entries(known));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete next[name];
    else
      next[name] = isPatch(value) ? patched(isPatch(next[name]) ? next[name] : {}, value) : value;
  }
  return next as T;
}

/** Two patches as one, the second after the first. */
export function together<T extends object>(first: T, second: T): T {
  const both: Record<string, unknown> = Object.fromEntries(Object.entries(first));
  for (const [name, value] of Object.entries(second)) {
    const before = both[name];
    both[name] = isPatch(before) && isPatch(value) ? together(before, value) : value;
  }
  return both as T;
}

/** The patch that takes a patch back, and nothing else. */
export function reversed<T extends object>(known: object, patch: T): T {
  const before = known as Patch;
  const back = Object.entries(patch).map(([name, value]) => {
    const was = before[name];
    return [name, isPatch(value) && isPatch(was) ? reversed(was, value) : (was ?? null)];
  });
  return Object.fromEntries(back) as T;
}
