import { describe, expect, it } from "vitest";
import { commonInterval } from "#pipeline/polling/common-interval.ts";

describe("the interval of a bus's entities", () => {
  it("is what most of them have", () => {
    expect(commonInterval([10, 10.2, 9.9, 60])).toBeCloseTo(10.03, 2);
  });

  it("is not known when they differ, or are too few", () => {
    expect(commonInterval([1, 5, 10, 60])).toBeUndefined();
    expect(commonInterval([10])).toBeUndefined();
    expect(commonInterval([])).toBeUndefined();
  });
});
