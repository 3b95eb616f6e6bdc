import { describe, expect, it } from "vitest";
import { changePoints } from "#pipeline/patterns/change-points.ts";
import { autoregressive, normal } from "../../support/signals.ts";

describe("changes of level", () => {
  it("are found where they are", () => {
    const random = normal(1);
    const values = Float64Array.from({ length: 600 }, (_, row) => (row < 200 ? 0 : row < 450 ? 5 : 2) + random());
    const points = changePoints(values);
    expect(points.map(({ row }) => Math.round(row / 3))).toEqual([Math.round(200 / 3), 150]);
    expect(points[0]!.before).toBeCloseTo(0, 0);
    expect(points[0]!.after).toBeCloseTo(5, 0);
  });

  it("are none of white noise, nor of noise with a memory (200 seeds each)", () => {
    for (const memory of [0, 0.8]) {
      let found = 0;
      for (let seed = 0; seed < 200; seed += 1) {
        const points = changePoints(Float64Array.from(autoregressive(memory, 500, seed)));
        if (points.some(({ size }) => size > 3)) found += 1;
      }
      expect(found).toBeLessThan(10);
    }
  });

  it("are none of what does not vary, or is hardly known", () => {
    expect(changePoints(new Float64Array(100).fill(3))).toEqual([]);
    expect(changePoints(new Float64Array(100).fill(Number.NaN))).toEqual([]);
    expect(changePoints(Float64Array.of(1, 2, 3))).toEqual([]);
  });
});
