import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { go, route, startRouter } from "./router";

/** The test's browser must not go where the links lead that are left to it. */
const { settings } = (
  window as unknown as { happyDOM: { settings: { navigation: Record<string, boolean> } } }
).happyDOM;
settings.navigation.disableMainFrameNavigation = true;
settings.navigation.disableChildPageNavigation = true;

let stop: () => void;
beforeEach(() => {
  go({ page: "inbox", view: "open", chat: null });
  stop = startRouter();
});
afterEach(() => stop());

function click(address: string, more: MouseEventInit = {}, attributes = ""): MouseEvent {
  document.body.innerHTML = `<a href="${address}" ${attributes}><b>there</b></a>`;
  const event = new MouseEvent("click", { bubbles: true, cancelable: true, button: 0, ...more });
  document.querySelector("b")?.dispatchEvent(event);
  return event;
}

describe("the router", () => {
  it("follows links to our own pages without a page load", () => {
    click("/app/settings/team");
    expect(route.value).toMatchObject({ page: "settings", section: "team" });
    expect(location.pathname).toBe("/app/settings/team");
  });

  it.each([
    ["/terms", {}, ""],
    ["https://example.com/app", {}, ""],
    ["/app/profile", { ctrlKey: true }, ""],
    ["/app/profile", { button: 1 }, ""],
    ["/app/profile", {}, 'target="_blank"'],
    ["/app/profile", {}, "download"],
  ])("leaves %s with %j %s to the browser", (address, more, attributes) => {
    click(address, more, attributes);
    expect(route.value.page).toBe("inbox");
  });

  it("replaces the address when asked to", () => {
    const before = history.length;
    go({ page: "profile" }, { replace: true });
    expect(history.length).toBe(before);
    expect(location.pathname).toBe("/app/profile");
  });
});
