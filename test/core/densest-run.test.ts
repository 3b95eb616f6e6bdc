import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { densestRun } from "#core/densest-run.ts";

describe("the densest run", () => {
  it("is empty of nothing, and the smallest of equals", () => {
    expect(densestRun([], 0.1)).toEqual([]);
    expect(densestRun([1, 5, 9], 0.1)).toEqual([1]);
    expect(densestRun([1, 10, 10.5, 11, 40, 41], 0.1)).toEqual([10, 10.5, 11]);
  });

  it("is as long as any run that fits, and fits itself", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1_000 })),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, width) => {
          const sorted = values.toSorted((a, b) => a - b);
          const run = densestRun(sorted, width);
          const longest = sorted.map(
            (first) => sorted.filter((value) => value >= first && value <= first * (1 + width)).length,
          );
          expect(run.length).toBe(Math.max(0, ...longest));
          if (run.length > 0) expect(run.at(-1)).toBeLessThanOrEqual((run[0] as number) * (1 + width));
        },
      ),
    );
  });
});
