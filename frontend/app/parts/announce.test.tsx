import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { Announcer, announce, hush, hushAll } from "./announce";

it("forgets what quoted a chat with the chat, and everything with the sign-in", async () => {
  const root = document.createElement("main");
  await act(() => render(<Announcer />, root));
  const said = () => root.textContent;
  await act(() => announce("Vera: hello", { about: "chat-1" }));
  await act(() => hush("chat-2"));
  expect(said()).toBe("Vera: hello");
  await act(() => hush("chat-1"));
  expect(said()).toBe("");
  await act(() => announce("Vera: hello", { about: "chat-1" }));
  await act(() => announce("Vera was not saved", { urgent: true }));
  await act(() => hushAll());
  expect(said()).toBe("");
});
