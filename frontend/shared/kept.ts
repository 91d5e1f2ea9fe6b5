/** What is kept in this browser, with memory in its place where keeping is not allowed. */

export interface Kept {
  get: (key: string) => string | null;
  set: (key: string, value: string) => void;
  remove: (key: string) => void;
  keys: () => string[];
}

/** Kept until the page closes. */
export function inMemory(): Kept {
  const map = new Map<string, string>();
  return {
    get: (key) => map.get(key) ?? null,
    set: (key, value) => void map.set(key, value),
    remove: (key) => void map.delete(key),
    keys: () => [...map.keys()],
  };
}

/**
 * Kept in the browser's storage below a prefix. Blocked or full storage throws; then the value
 * lives in memory instead. Nothing is written to find out whether writing works.
 */
export function inBrowser(prefix: string, storage: () => Storage = () => localStorage): Kept {
  const memory = inMemory();
  const attempt = <T>(work: (store: Storage) => T, otherwise: T): T => {
    try {
      return work(storage());
    } catch {
      return otherwise;
    }
  };
  return {
    get: (key) => memory.get(key) ?? attempt((store) => store.getItem(prefix + key), null),
    set: (key, value) => {
      const stored = attempt((store) => {
        store.setItem(prefix + key, value);
        return true;
      }, false);
      if (stored) memory.remove(key);
      else memory.set(key, value);
    },
    remove: (key) => {
      memory.remove(key);
      attempt((store) => store.removeItem(prefix + key), undefined);
    },
    keys: () => {
      const stored = attempt((store) => Object.keys(store), [])
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length));
      return [...new Set([...stored, ...memory.keys()])];
    },
  };
}
