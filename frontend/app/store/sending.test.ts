import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../shared/api";
import type { Operator } from "../../shared/types";
import { client } from "./client";
import { withPage } from "./log";
import { chat, event, OWN } from "./made";
import { acknowledge, outgoing, retry, send, startSending, take } from "./sending";
import { chats, forgetAll, logOf } from "./state";

const self: Operator = {
  id: OWN,
  name: "Mara Lindqvist",
  display_name: "Mara",
  email: "mara@example.com",
  role: "owner",
  language: "en",
  availability: "online",
};

let stop: () => void;
let post: ReturnType<typeof vi.spyOn>;
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const run = () => logOf("chat-1").value.run;

beforeEach(() => {
  localStorage.clear();
  chats.put(chat(2));
  logOf("chat-1").value = withPage(logOf("chat-1").value, [event(1), event(2)]);
  post = vi.spyOn(client, "post");
  stop = startSending(() => self, OWN);
});

afterEach(() => {
  stop();
  forgetAll();
});

const acknowledgeAs = (seq: number) =>
  post.mockImplementation(async (_path: string, body: unknown) => ({
    id: (body as { id: string }).id,
    seq,
    chat_id: "chat-1",
    created_at: event(seq).created_at,
  }));

describe("an answer on its way", () => {
  it("is in the outbox, then an event, and at no time both or neither", async () => {
    acknowledgeAs(3);
    send("chat-1", "On its way");
    expect(outgoing.value.map((item) => item.text)).toEqual(["On its way"]);
    await settle();
    expect(outgoing.value).toEqual([]);
    expect(run().at(-1)).toMatchObject({ seq: 3, type: "operator-message" });
    expect(run().at(-1)?.params.text).toBe("On its way");
    expect(chats.peek("chat-1")?.last_seq).toBe(3);
  });

  it("is there once when the stream tells it before the answer", async () => {
    let finish: (value: unknown) => void = () => undefined;
    post.mockImplementation(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    send("chat-1", "Quick");
    const [item] = outgoing.value;
    if (!item) throw new Error("nothing is on its way");
    const told = event(3, { id: item.id, type: "operator-message", params: { text: "Quick" } });
    acknowledge(item.id);
    logOf("chat-1").value = withPage(logOf("chat-1").value, [told]);
    finish({ id: item.id, seq: 3, chat_id: "chat-1", created_at: told.created_at });
    await settle();
    expect(outgoing.value).toEqual([]);
    expect(run().filter((one) => one.id === item.id)).toHaveLength(1);
  });

  it("stays with the reason when it is refused, and can be sent anew or taken back", async () => {
    post.mockRejectedValueOnce(new Problem(422, "invalid", "too long"));
    send("chat-1", "Refused");
    await settle();
    expect(outgoing.value[0]?.failure?.code).toBe("invalid");
    acknowledgeAs(3);
    retry(outgoing.value[0]?.id ?? "");
    await settle();
    expect(run().at(-1)?.params.text).toBe("Refused");

    post.mockRejectedValueOnce(new Problem(422, "invalid", "too long"));
    send("chat-1", "Again");
    await settle();
    expect(take(outgoing.value[0]?.id ?? "")).toBe("Again");
    expect(outgoing.value).toEqual([]);
  });

  it("survives the page", async () => {
    post.mockRejectedValue(new Problem(0, "unreachable", "No answer"));
    send("chat-1", "Kept");
    await settle();
    stop();
    acknowledgeAs(3);
    stop = startSending(() => self, OWN);
    expect(outgoing.value.map((item) => item.text)).toEqual(["Kept"]);
    await settle();
    expect(run().at(-1)?.params.text).toBe("Kept");
  });
});
