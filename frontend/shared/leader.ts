/** One tab of a browser leads; when it goes, another takes over. */

export interface Leadership {
  /** Say something to all other tabs. */
  publish: (message: unknown) => void;
  leads: () => boolean;
  /** Let go, so that another tab may lead. */
  close: () => void;
}

export interface LeaderOptions {
  /** Same name, same group of tabs. Storage partitions keep host sites apart. */
  name: string;
  /** This tab leads from now on; the answer is called when it no longer does. */
  onLead: () => () => void;
  onMessage: (message: unknown) => void;
}

/**
 * Join the tabs of this name. The lock is what makes a leader, because the browser frees it when
 * a tab closes or crashes. A browser without locks or channels gets tabs that all lead, each
 * for itself, which is slower and equally right.
 */
export function joinTabs({ name, onLead, onMessage }: LeaderOptions): Leadership {
  const alone = !("locks" in navigator) || typeof BroadcastChannel === "undefined";
  const channel = alone ? null : new BroadcastChannel(name);
  const leave = new AbortController();
  let stop: (() => void) | null = null;
  let release: (() => void) | null = null;

  if (channel) channel.onmessage = ({ data }) => onMessage(data);
  if (alone) {
    stop = onLead();
  } else {
    navigator.locks
      .request(name, { signal: leave.signal }, () => {
        stop = onLead();
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      })
      .catch(() => {
        // Left before the lock was ours.
      });
  }
  return {
    publish: (message) => channel?.postMessage(message),
    leads: () => stop !== null,
    close: () => {
      leave.abort();
      stop?.();
      stop = null;
      release?.();
      channel?.close();
    },
  };
}
