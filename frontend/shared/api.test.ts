import { expect, test, vi } from "vitest";
import { createClient, Problem } from "./api";

function answering(response: () => Response) {
  const calls: [string, RequestInit][] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    calls.push([url, init]);
    return response();
  });
  return calls;
}

const caught = async (work: Promise<unknown>): Promise<Problem> => {
  const cause = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (cause instanceof Problem) return cause;
  throw new Error("no problem came");
};

test("a problem document becomes a Problem with everything in it", async () => {
  const body = {
    status: 422,
    code: "invalid",
    detail: "Look again",
    errors: [{ field: "email", message: "Not an address" }],
    notice: { id: "n" },
  };
  answering(
    () => new Response(JSON.stringify(body), { status: 422, headers: { "retry-after": "3" } }),
  );
  const problem = await caught(createClient().post("/x", {}));
  expect(problem).toMatchObject({ status: 422, code: "invalid", retryAfter: 3, passing: false });
  expect(problem.errors).toEqual(body.errors);
  expect(problem.body.notice).toEqual({ id: "n" });
});

test("a proxy's page, a dead network and nonsense are Problems too", async () => {
  answering(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
  expect(await caught(createClient().get("/x"))).toMatchObject({ status: 502, passing: true });
  answering(() => new Response("{", { status: 200 }));
  expect((await caught(createClient().get("/x"))).code).toBe("unreachable");
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("down")));
  expect(await caught(createClient().get("/x"))).toMatchObject({ status: 0, passing: true });
});

test("queries leave out what is empty; an empty answer is undefined", async () => {
  const calls = answering(() => new Response(null, { status: 204 }));
  const query = { a: "x y", b: null, c: undefined, d: "", e: 0, f: false };
  expect(await createClient().get("/x", { query })).toBeUndefined();
  expect(calls[0]?.[0]).toBe("/x?a=x+y&e=0&f=false");
});

test("a visitor's token goes alone, and a 401 is told", async () => {
  const calls = answering(() => new Response("", { status: 401 }));
  const onSignedOut = vi.fn();
  const client = createClient({ token: () => "t", onSignedOut });
  expect((await caught(client.post("/x"))).code).toBe("unauthenticated");
  expect(onSignedOut).toHaveBeenCalledOnce();
  expect(calls[0]?.[1]).toMatchObject({ credentials: "omit", body: "{}" });
});
