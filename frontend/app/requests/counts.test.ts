import { expect, it } from "vitest";
import { counted, counts } from "./counts";

it("counts as the answer says that was asked for last, whichever comes last", async () => {
  type Found = { open: number; overdue: number };
  const answers: ((found: Found) => void)[] = [];
  const ask = () => counted(() => new Promise<Found>((answer) => answers.push(answer)));
  const [before, after] = [ask(), ask()];
  answers[1]?.({ open: 2, overdue: 1 });
  await after;
  expect(counts.value).toEqual({ open: 2, overdue: 1 });
  answers[0]?.({ open: 3, overdue: 1 });
  await before;
  expect(counts.value).toEqual({ open: 2, overdue: 1 });
});
