/** One tab of a browser leads; when it goes, another takes over. */

export interface Leadership {
  /** Say something to all other tabs. */
  publish: (message: unknown) => void;
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
  const channel = channelOf(name);
  const leave = new AbortController();
  let stop: (() => void) | null = null;
  let release: (() => void) | null = null;
  const lead = () => {
    stop = onLead();
  };

  if (channel) {
    channel.onmessage = ({ data }) => onMessage(data);
    navigator.locks
      .request(name, { signal: leave.signal }, () => {
        lead();
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      })
      .catch(() => {
        // Either left before the lock was ours, or locks are blocked here.
        if (!leave.signal.aborted) lead();
      });
  } else {
    lead();
  }
  return {
    publish: (message) => channel?.postMessage(message),
    close: () => {
      leave.abort();
      stop?.();
      stop = null;
      release?.();
      channel?.close();
    },
  };
}

/** Do some work in one tab at a time, where the browser lets tabs agree on that. */
export async function inTurn(name: string, work: () => Promise<void>): Promise<void> {
  let began = false;
  const once = () => {
    began = true;
    return work();
  };
  try {
    await navigator.locks.request(name, once);
  } catch (cause) {
    // No locks here, or a browser that blocks storage and locks with it.
    if (began) throw cause;
    await once();
  }
}

/** The channel between tabs; `null` where there is none, or where it is blocked like storage. */
function channelOf(name: string): BroadcastChannel | null {
  try {
    return navigator.locks ? new BroadcastChannel(name) : null;
  } catch {
    return null;
  }
}
