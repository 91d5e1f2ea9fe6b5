import { expect, it } from "vitest";
import { unwritten } from "./mailing";

const form = "Dear customer,\n[In plain words]\nAsk: […]\n[In plain words]";

it.each([
  [form, "[In plain words]"],
  [form.replace("[In plain words]", "A laptop was stolen."), "[In plain words]"],
  [form.replaceAll("[In plain words]", "A laptop was stolen."), "[…]"],
  ["A laptop was stolen. Ask [us] or Ada.", undefined],
])("says which place of a letter is open: %j", (text, place) => {
  expect(unwritten(form, text)).toBe(place);
});
