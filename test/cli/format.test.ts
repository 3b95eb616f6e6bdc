import { describe, expect, it } from "vitest";
import { count, instant, percent } from "#cli/format.ts";

describe("numbers as people read them", () => {
  it.each([
    [0, "0 %"],
    [0.134, "13 %"],
    [0.995, "100 %"],
  ])("a share of %d is %s", (share, text) => expect(percent(share)).toBe(text));

  it("counts have separators, times are UTC", () => {
    expect(count(653_944)).toBe("653,944");
    expect(instant(1_700_000_000_123)).toBe("2023-11-14 22:13:20");
    expect(instant(undefined)).toBe("–");
  });
});
