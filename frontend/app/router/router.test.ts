import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { go, route, startRouter } from "./router";

let stop: () => void;
beforeEach(() => {
  go({ page: "inbox", view: "open", chat: null });
  stop = startRouter();
});
afterEach(() => stop());

function click(address: string, more: MouseEventInit = {}, attributes = ""): MouseEvent {
  document.body.innerHTML = `<a href="${address}" ${attributes}><b>there</b></a>`;
  const event = new MouseEvent("click", { bubbles: true, cancelable: true, button: 0, ...more });
  // What is left to the browser must not navigate the test away.
  document.addEventListener("click", (late) => late.preventDefault(), { once: true });
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
