import { describe, expect, it } from "vitest";
import { findPeriod } from "#pipeline/patterns/period.ts";
import { autoregressive, normal } from "../../support/signals.ts";

const whole = (rows: number) => [{ from: 0, to: rows }];

describe("a period", () => {
  it.each([
    { rows: 6.6, noise: 0.2, length: 2_000 },
    { rows: 24, noise: 0.4, length: 300 },
    { rows: 50, noise: 0.5, length: 500 },
    { rows: 144, noise: 0.3, length: 1_500 },
    { rows: 288, noise: 0.5, length: 2_016 },
  ])("of $rows rows is found to 3 % (50 seeds)", ({ rows, noise, length }) => {
    for (let seed = 0; seed < 50; seed += 1) {
      const random = normal(seed);
      const values = Float64Array.from({ length }, (_, row) => ((row / rows) % 1 < 0.4 ? 1 : 0) + noise * random());
      const found = findPeriod(values, whole(length))!.rows;
      expect(Math.abs(found / rows - 1)).toBeLessThan(0.03);
    }
  });

  it("is no property of a random walk (1,000 seeds)", () => {
    for (let seed = 0; seed < 1_000; seed += 1) {
      expect(findPeriod(Float64Array.from(autoregressive(1, 400, seed)), whole(400))).toBeUndefined();
    }
  });

  it("is hardly ever one of noise with some memory", () => {
    let found = 0;
    for (let seed = 0; seed < 500; seed += 1) {
      if (findPeriod(Float64Array.from(autoregressive(0.9, 400, seed)), whole(400)) !== undefined) found += 1;
    }
    expect(found).toBeLessThan(15);
  });

  it("is found in fewer cycles where it was expected", () => {
    const random = normal(3);
    // Days of which some are like Sundays.
    const values = Float64Array.from({ length: 72 * 14 }, (_, row) => {
      const [day, hour] = [Math.floor(row / 72), (row % 72) / 3];
      return (day % 7 < 5 && hour > 8 && hour < 17 ? 1 : 0) + 0.3 * random();
    });
    expect(findPeriod(values, whole(values.length), [72])!.rows).toBeCloseTo(72, 0);
  });

  it("is not sought in what is too short, or does not vary", () => {
    expect(findPeriod(new Float64Array(5), whole(5))).toBeUndefined();
    expect(findPeriod(new Float64Array(500), whole(500))).toBeUndefined();
    expect(findPeriod(new Float64Array(500).fill(Number.NaN), whole(500))).toBeUndefined();
  });
});
