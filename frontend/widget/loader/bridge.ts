/** The frame, and the one port over which page and frame speak. */
import type { ToFrame, ToLoader } from "../protocol";

/** After the frame's load event, this long until its script must have spoken. */
const GRACE = 1500;

export interface Bridge {
  frame: HTMLIFrameElement;
  say: (message: ToFrame) => void;
  close: () => void;
}

/**
 * Load the frame into `place`, unseen until it is ours: a browser's page about an error is none.
 * `greet` says what comes first on a new port; `onDead` is called when no frame of ours came.
 */
export function createBridge(
  origin: string,
  site: string,
  place: Element,
  greet: () => ToFrame[],
  hear: (message: ToLoader) => void,
  onDead: () => void,
): Bridge {
  const frame = document.createElement("iframe");
  // Sits in the frame's address and must come back, so that no other frame can speak for it.
  const nonce = crypto.getRandomValues(new Uint32Array(4)).join("-");
  let port: MessagePort | undefined;

  const meet = ({ origin: from, source, data, ports }: MessageEvent) => {
    if (from !== origin || source !== frame.contentWindow || data?.chathaven !== nonce) return;
    port?.close();
    port = ports[0];
    if (!port) return;
    port.onmessage = ({ data: message }) => hear(message);
    // Unseen until it has a title: a browser's page about an error never has one.
    frame.title = "Chat";
    for (const message of greet()) port.postMessage(message);
  };

  // The frame may be embedded by listed origins only, and learns from here whom it talks to.
  frame.referrerPolicy = "origin";
  if (origin !== location.origin) {
    frame.setAttribute(
      "sandbox",
      "allow-scripts allow-same-origin allow-forms allow-downloads allow-popups allow-popups-to-escape-sandbox",
    );
  }
  frame.src = `${origin}/frame/${site}#${nonce}`;
  frame.onload = () =>
    setTimeout(() => {
      if (!port && frame.isConnected) onDead();
    }, GRACE);
  addEventListener("message", meet);
  place.append(frame);

  return {
    frame,
    say: (message) => port?.postMessage(message),
    close: () => {
      removeEventListener("message", meet);
      port?.close();
      frame.remove();
    },
  };
}
