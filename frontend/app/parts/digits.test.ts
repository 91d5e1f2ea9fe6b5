import { expect, test } from "vitest";
import { plainDigits } from "./digits";

test("digits of an Arabic or Persian keyboard are read", () => {
  expect(plainDigits("١٢٠٩ ۰۹ 34")).toBe("1209 09 34");
  expect(plainDigits("اثنان")).toBe("اثنان");
});
