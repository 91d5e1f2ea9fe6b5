import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ToFrame } from "../protocol";
import { createBridge } from "./bridge";
import { type Config, readConfig } from "./config";
import { inkOn } from "./look";
import { createPage } from "./page";
import { createWidget } from "./widget";

const SITE = "0123456789abcdef01234567";
const ORIGIN = "https://chat.example";

const config = (set: object = {}, phone = false): Config => {
  const found = readConfig({ site: SITE, ...set }, phone);
  if (!found) throw new Error("no config");
  return found;
};

beforeEach(() => {
  vi.stubGlobal("visualViewport", new EventTarget());
  // happy-dom would load the frame over the network; here it is only looked at.
  vi.spyOn(HTMLIFrameElement.prototype, "src", "set").mockImplementation(function (
    this: HTMLIFrameElement,
    value: string,
  ) {
    this.dataset.src = value;
  });
});
afterEach(() => {
  document.body.replaceChildren();
  document.documentElement.removeAttribute("style");
});

test("settings in our words and in Chaport's", () => {
  expect(config()).toMatchObject({ show: true, side: "right", x: 20, y: 20, language: "" });
  const chaport = readConfig(
    {
      appId: SITE.toUpperCase(),
      language: { use: "de" },
      launcher: { show: false },
      appearance: { windowColor: "#FF0000", position: ["left", 0, 50], teamName: "T" },
    },
    false,
  );
  expect(chaport).toMatchObject({
    site: SITE,
    language: "de",
    show: false,
    color: "#FF0000",
    side: "left",
    x: 0,
    y: 50,
  });
});

test("nonsense in the settings is harmless", () => {
  for (const set of [undefined, null, 1, {}, { site: "x" }, { site: `${SITE}/../x` }]) {
    expect(readConfig(set, false)).toBeNull();
  }
  const odd = config({ appearance: { color: "red;}", position: { x: -5, y: 1e9, side: "top" } } });
  expect(odd).toMatchObject({ color: "#232831", x: 20, y: 400, side: "right" });
});

test("phones have a look of their own", () => {
  const devices = { mobile: { appearance: { position: ["right", 0, 50] } } };
  expect(config({ devices }, true).y).toBe(50);
  expect(config({ devices }, false).y).toBe(20);
});

test("the icon can be seen on every colour", () => {
  expect([inkOn("#ffffff"), inkOn("#ffd400")]).toEqual(["#12151b", "#12151b"]);
  expect([inkOn("#000000"), inkOn("#2f6feb"), inkOn("#c62828")]).toEqual(["#fff", "#fff", "#fff"]);
});

function page() {
  const events: string[] = [];
  const made = createPage(
    (emit) =>
      createWidget(ORIGIN, (event, detail) => {
        events.push(event);
        emit(event, detail);
      }),
    () => readConfig((window as { chathavenConfig?: unknown }).chathavenConfig, false),
  );
  return { ...made, events, api: made.api as Record<string, (...args: unknown[]) => unknown> };
}

const host = () => document.querySelector("chathaven-widget");
const frame = () => host()?.shadowRoot?.querySelector("iframe") ?? null;

test("nothing is loaded before the click; calls and listeners that came early are kept", async () => {
  const { api, adopt, begin } = page();
  const heard: string[] = [];
  adopt({
    _q: [["setVisitorData", [{ name: "Kari" }]]],
    _l: { ready: [() => heard.push("ready")] },
  });
  begin();
  expect(host()).toBeNull();
  Object.assign(window, { chathavenConfig: { site: SITE } });
  begin();
  expect(host()).not.toBeNull();
  expect(frame()).toBeNull();
  expect(api.getWidgetState?.()).toBe("closed");
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(heard).toEqual(["ready"]);
  host()?.shadowRoot?.querySelector("button")?.click();
  expect(frame()?.dataset.src).toMatch(new RegExp(`^${ORIGIN}/frame/${SITE}#[-0-9]+$`));
  expect(frame()?.referrerPolicy).toBe("origin");
  expect(frame()?.getAttribute("sandbox")).toContain("allow-scripts");
  expect(api.getWidgetState?.()).toBe("open");
});

test("an array left in our place is drained, and pushing goes on to work", () => {
  Object.assign(window, { chathavenConfig: { site: SITE } });
  const { api, adopt } = page();
  adopt([["open"]]);
  expect(api.getWidgetState?.()).toBe("open");
  api.push?.(["close"]);
  expect(api.q?.("getWidgetState")).toBe("closed");
  expect(api.q?.("nothingOfOurs", [1])).toBeUndefined();
});

test("the chat can live in an element of the page", () => {
  Object.assign(window, { chathavenConfig: { site: SITE } });
  document.body.innerHTML = '<div id="here"></div>';
  const { api } = page();
  api.openIn?.({ selector: "#missing" });
  expect(api.getWidgetState?.()).toBe("closed");
  api.openIn?.({ selector: "#here" });
  expect(document.querySelector("#here chathaven-widget")).not.toBeNull();
  expect(api.getWidgetState?.()).toBe("open");
});

test("the page scrolls again when the panel no longer covers it", () => {
  const { style } = document.documentElement;
  style.overflow = "scroll";
  const small = vi.spyOn(window, "matchMedia");
  const turn = (matches: boolean) => {
    small.mockReturnValue({ matches } as MediaQueryList);
    visualViewport?.dispatchEvent(new Event("resize"));
  };
  turn(true);
  Object.assign(window, { chathavenConfig: { site: SITE } });
  const { api } = page();
  api.open?.();
  expect(style.overflow).toBe("hidden");
  // Turned, and closed while it is.
  turn(false);
  expect(style.overflow).toBe("scroll");
  turn(true);
  expect(style.overflow).toBe("hidden");
  small.mockReturnValue({ matches: false } as MediaQueryList);
  api.close?.();
  expect(style.overflow).toBe("scroll");
});

/** A bridge whose frame speaks as `event` says. */
function bridge(hear = vi.fn(), onDead = vi.fn()) {
  const greet = (): ToFrame[] => [{ type: "resume" }];
  const made = createBridge(ORIGIN, SITE, document.body, greet, hear, onDead);
  const nonce = made.frame.dataset.src?.split("#")[1];
  const speak = (more: object) => {
    const { port1, port2 } = new MessageChannel();
    const event = {
      origin: ORIGIN,
      source: made.frame.contentWindow,
      data: { chathaven: nonce },
      ports: [port2],
      ...more,
    };
    dispatchEvent(Object.assign(new Event("message"), event));
    return port1;
  };
  return { ...made, speak, hear, onDead };
}

const silence = (port: MessagePort) =>
  new Promise<unknown>((resolve) => {
    port.onmessage = ({ data }) => resolve(data);
    setTimeout(() => resolve("silence"), 30);
  });

test("only our frame, from our origin, with this session's word, is spoken to", async () => {
  const { speak } = bridge();
  const wrong = [
    { origin: "https://evil.example" },
    { source: window },
    { data: { chathaven: "1-2-3-4" } },
    { data: null },
  ];
  for (const more of wrong) expect(await silence(speak(more))).toBe("silence");
  expect(await silence(speak({}))).toEqual({ type: "resume" });
});

test("what the frame says is taken only when it is whole", async () => {
  Object.assign(window, { chathavenConfig: { site: SITE } });
  const { api, events } = page();
  const counts: unknown[] = [];
  api.on?.("chat.unreadChange", (detail: unknown) => counts.push(detail));
  api.open?.();
  const { contentWindow, dataset } = frame() as HTMLIFrameElement;
  const { port1, port2 } = new MessageChannel();
  const data = { chathaven: dataset.src?.split("#")[1] };
  const event = { origin: ORIGIN, source: contentWindow, data, ports: [port2] };
  dispatchEvent(Object.assign(new Event("message"), event));
  for (const message of [null, 1, { type: "x" }, { type: "look", fill: "url(x)", on: "red" }]) {
    port1.postMessage(message);
  }
  port1.postMessage({ type: "unread", count: 2 });
  port1.postMessage({ type: "unread", count: "<b>" });
  port1.postMessage({ type: "started" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(counts).toEqual([{ count: 2 }, { count: 0 }]);
  expect(events).toContain("chat.started");
  port1.postMessage({ type: "gone" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(host()).toBeNull();
  expect(api.getWidgetState?.()).toBe("removed");
  api.open?.();
  expect(host()).toBeNull();
});

test("a frame that never speaks is never seen; the launcher says so and tries again", () => {
  vi.useFakeTimers();
  Object.assign(window, { chathavenConfig: { site: SITE, language: "fr" } });
  const { api } = page();
  const answer = vi.fn();
  api.startSession?.(answer);
  const button = host()?.shadowRoot?.querySelector("button");
  button?.click();
  const silent = frame();
  expect(silent?.title).toBe("");
  silent?.dispatchEvent(new Event("load"));
  expect(api.getWidgetState?.()).toBe("open");
  vi.advanceTimersByTime(2_000);
  expect(api.getWidgetState?.()).toBe("closed");
  expect(answer).toHaveBeenCalledWith({ started: false });
  expect(frame()).toBeNull();
  expect(button?.textContent).toBe("Hors ligne ↻");
  expect(button?.ariaLabel).toBe("Chat (Hors ligne ↻)");
  button?.click();
  expect(frame()).not.toBe(silent);
  expect(frame()?.isConnected).toBe(true);
  expect(button?.textContent).toBe("");
  vi.useRealTimers();
});

test("a frame that has spoken stays, and is seen", () => {
  vi.useFakeTimers();
  const { frame: element, speak, onDead } = bridge();
  speak({});
  expect(element.title).toBe("Chat");
  element.dispatchEvent(new Event("load"));
  vi.advanceTimersByTime(2_000);
  expect(onDead).not.toHaveBeenCalled();
  vi.useRealTimers();
});

test("signed identities are refused and not half accepted", async () => {
  Object.assign(window, { chathavenConfig: { site: SITE } });
  const { api } = page();
  const answer = vi.fn();
  api.startSession?.({ id: "1", token: "t" }, answer);
  expect(answer).toHaveBeenCalledWith({ started: false });
  expect(frame()).toBeNull();
});
