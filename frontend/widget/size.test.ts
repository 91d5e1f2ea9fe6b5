import { expect, test } from "vitest";
import { BUDGET, measure } from "../size.mjs";

// Looks at what `npm run build` has made; without a build it fails and says which file is missing.
test("the widget stays within its budget", () => {
  const { loader, chat, total } = measure();
  expect(loader).toBeLessThanOrEqual(BUDGET.loader);
  expect(chat).toBeLessThanOrEqual(BUDGET.chat);
  expect(total).toBeLessThanOrEqual(BUDGET.total);
});
