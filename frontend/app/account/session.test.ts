import { afterEach, expect, it, vi } from "vitest";
import { Problem } from "../../shared/api";
import type { Me } from "../../shared/types";
import { answerAll, answering, taken } from "../store/answers";
import { changeOwn, enter, operator } from "./session";

vi.mock("../i18n/words", () => ({ speak: vi.fn() }));

const known = (own: Partial<Me["operator"]> = {}): Me => ({
  operator: {
    id: "operator-own",
    name: "Mara",
    display_name: null,
    email: "mara@example.com",
    role: "owner",
    language: "en",
    availability: "online",
    ...own,
  },
  account: { id: "account-1", company: "Nord" },
  terms_due: null,
});

afterEach(answerAll);

it("shows every change of the own profile while the one before is answered", async () => {
  const asked = answering();
  enter(known());
  void changeOwn({ name: "Mara B." });
  const second = changeOwn({ availability: "offline" });
  await taken();
  await asked[0]?.answer(known({ name: "Mara B." }).operator);
  expect(operator.value).toMatchObject({ name: "Mara B.", availability: "offline" });
  await asked[1]?.answer(known({ name: "Mara B.", availability: "offline" }).operator);
  await second;
  expect(operator.value).toMatchObject({ name: "Mara B.", availability: "offline" });
});

it("takes back a change that was refused, and nothing newer", async () => {
  const asked = answering();
  enter(known());
  const first = changeOwn({ name: "" });
  const second = changeOwn({ availability: "offline" });
  await taken();
  await asked[0]?.refuse(new Problem(422, "invalid", ""));
  await expect(first).rejects.toThrow("invalid");
  expect(operator.value).toMatchObject({ name: "Mara", availability: "offline" });
  await asked[1]?.answer(known({ availability: "offline" }).operator);
  await second;
  expect(operator.value?.availability).toBe("offline");
});

it("says nothing of whoever was signed in before", async () => {
  const asked = answering();
  enter(known());
  const late = changeOwn({ name: "Mara B." });
  await taken();
  enter(known({ id: "operator-next", name: "Jo" }));
  expect(operator.value?.name).toBe("Jo");
  await asked[0]?.answer(known({ name: "Mara B." }).operator);
  await late;
  expect(operator.value?.name).toBe("Jo");
});
