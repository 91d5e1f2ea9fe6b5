import { afterEach, beforeEach, expect, it } from "vitest";
import { Problem } from "../../shared/api";
import type { Chat } from "../../shared/types";
import { changeChat, changePerson } from "./actions";
import { answerAll, answering, taken } from "./answers";
import { chat, OWN } from "./made";
import { chats, forgetAll } from "./state";

const shown = () => chats.peek("chat-1") as Chat;
const person = (more: Partial<Chat["visitor"]>) => ({ ...chat(3).visitor, ...more });
const own = { id: OWN, name: "Mara" };

beforeEach(() => chats.put(chat(3)));

afterEach(async () => {
  await answerAll();
  forgetAll();
});

it("closes a chat at once, and an older answer does not open it again", async () => {
  const asked = answering();
  const closing = changeChat("chat-1", { stage: "closed" });
  expect(chats.list("open", OWN, null)).toEqual([]);
  chats.put(chat(3));
  expect(shown().stage).toBe("closed");
  await taken();
  await asked[0]?.answer(chat(4, { stage: "closed" }));
  await closing;
  chats.put(chat(3));
  expect(shown().stage).toBe("closed");
  expect(chats.list("closed", OWN, null)).toEqual(["chat-1"]);
});

it("takes back what was refused, and leaves what was done since", async () => {
  const asked = answering();
  const closing = changeChat("chat-1", { stage: "closed" });
  const second = changeChat("chat-1", { assignee: own });
  await taken();
  expect(asked).toHaveLength(1);
  await asked[0]?.refuse(new Problem(403, "forbidden", ""));
  await expect(closing).rejects.toThrow("forbidden");
  expect(shown()).toMatchObject({ stage: "open", assignee: own });
  expect(chats.list("open", OWN, null)).toEqual(["chat-1"]);
  await asked[1]?.answer(chat(4, { assignee: own }));
  await second;
  expect(shown()).toMatchObject({ stage: "open", assignee: own });
});

it("shows every detail of a person as it was written, whatever answers first", async () => {
  const asked = answering();
  void changePerson("visitor-1", { name: "Clara B." });
  const second = changePerson("visitor-1", { email: "clara@example.com" });
  chats.visitor("visitor-1", { name: "Clara", phone: "1" });
  expect(shown().visitor).toMatchObject({
    name: "Clara B.",
    email: "clara@example.com",
    phone: "1",
  });
  await taken();
  await asked[0]?.answer(person({ name: "Clara B." }));
  expect(shown().visitor.email).toBe("clara@example.com");
  await asked[1]?.refuse(new Problem(422, "invalid", ""));
  await expect(second).rejects.toThrow("invalid");
  expect(shown().visitor).toMatchObject({ name: "Clara B.", email: null });
});
