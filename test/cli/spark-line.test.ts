import { describe, expect, it } from "vitest";
import { sparkLine } from "../../src/cli/spark-line.ts";

describe("a spark line", () => {
  it("goes from the least to the greatest", () => {
    expect(sparkLine([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
  });

  it("is flat for what does not vary, and blank where nothing is known", () => {
    expect(sparkLine([5, Number.NaN, 5])).toBe("▁ ▁");
    expect(sparkLine([])).toBe("");
    expect(sparkLine([Number.NaN])).toBe(" ");
  });
});
