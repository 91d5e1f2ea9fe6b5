import { describe, expect, it } from "vitest";
import { sizeOf } from "./size";

describe("sizes", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [6, "6 bytes"],
    [12_345, "12.3 kB"],
    [999_949, "999.9 kB"],
    [999_951, "1 MB"],
    [20_000_000, "20 MB"],
    [3e15, "3,000 TB"],
  ])("says %d as people say it", (bytes, said) => {
    expect(sizeOf(bytes, "en")).toBe(said);
  });

  it("says it in the reader's language", () => {
    expect(sizeOf(6, "de")).toBe("6 Byte");
    expect(sizeOf(2_400_000, "de")).toBe("2,4 MB");
  });
});
