/** For tests: a server whose answers come when, and in the order in which, the test says. */
import { vi } from "vitest";
import { Problem } from "../../shared/api";
import { client } from "./client";

interface Asked {
  method: "get" | "patch";
  path: string;
  body: unknown;
  answer: (body: unknown) => Promise<void>;
  refuse: (cause: unknown) => Promise<void>;
}

/** Long enough for whatever waits for an answer to have taken it in. */
export async function taken(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

const asked: Asked[] = [];

/** What has no answer yet gets one, so that nothing waits behind it in the next test. */
export async function answerAll(): Promise<void> {
  for (let one = asked.shift(); one; one = asked.shift()) {
    await one.refuse(new Problem(404, "not_found", ""));
  }
}

/** Every request that is made from now on, oldest first. */
export function answering(): Asked[] {
  const ask = (method: Asked["method"]) => (path: string, body?: unknown) =>
    new Promise((resolve, reject) => {
      asked.push({
        method,
        path,
        body,
        answer: (said) => {
          resolve(said);
          return taken();
        },
        refuse: (cause) => {
          reject(cause);
          return taken();
        },
      });
    });
  vi.spyOn(client, "get").mockImplementation(ask("get") as typeof client.get);
  vi.spyOn(client, "patch").mockImplementation(ask("patch") as typeof client.patch);
  return asked;
}
