import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ladder, nearestStep, stepDown, stepUp } from "#pipeline/polling/ladder.ts";

describe("intervals people use", () => {
  it("are themselves when asked for", () => {
    for (const step of ladder) expect([stepDown(step), stepUp(step), nearestStep(step)]).toEqual([step, step, step]);
  });

  it("bound every interval from both sides, but at their ends", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 3_600, noNaN: true }), (seconds) => {
        expect(stepDown(seconds)).toBeLessThanOrEqual(seconds * 1.0001);
        expect(stepUp(seconds)).toBeGreaterThanOrEqual(seconds * 0.9999);
        expect([stepDown(seconds), stepUp(seconds)]).toContain(nearestStep(seconds));
      }),
    );
    expect([stepDown(0.1), stepUp(1e6)]).toEqual([1, 3_600]);
  });

  it("forgive a bus that is a little late", () => {
    expect([2.04, 5.3, 29, 61].map(nearestStep)).toEqual([2, 5, 30, 60]);
  });
});
