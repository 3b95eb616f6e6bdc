import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Centroids,
  countOf,
  mergeCentroids,
  noCentroids,
  quantile,
  rankError,
  type Weighted,
} from "#pipeline/statistics/quantile-sketch.ts";
import { normal } from "../../support/signals.ts";

const delta = 32;
const shares = [0.05, 0.25, 0.5, 0.75, 0.95];

/** The share of the weight at or below `value`, counting half of what equals it. */
function shareBelow(values: readonly Weighted[], value: number): readonly [low: number, high: number] {
  const total = values.reduce((sum, { weight }) => sum + weight, 0);
  const sum = (of: (mean: number) => boolean): number =>
    values.reduce((all, { mean, weight }) => all + (of(mean) ? weight : 0), 0) / total;
  return [sum((mean) => mean < value), sum((mean) => mean <= value)];
}

function sketch(values: readonly Weighted[], batch = 32): Centroids {
  let centroids = noCentroids;
  for (let at = 0; at < values.length; at += batch) {
    centroids = mergeCentroids([centroids], values.slice(at, at + batch), delta);
  }
  return centroids;
}

describe("the sketch of quantiles", () => {
  const weighted = fc.array(
    fc.record({ mean: fc.integer({ min: -500, max: 500 }), weight: fc.integer({ min: 1, max: 50 }) }),
    {
      minLength: 1,
      maxLength: 800,
    },
  );

  it("holds all of the weight, in few centroids, in order", () => {
    fc.assert(
      fc.property(weighted, (values) => {
        const centroids = sketch(values);
        const count = countOf(centroids);
        const [means, weights] = [centroids.subarray(0, count), centroids.subarray(count)];
        expect(count).toBeLessThanOrEqual(delta);
        expect([...means]).toEqual([...means].toSorted((a, b) => a - b));
        const total = values.reduce((sum, { weight }) => sum + weight, 0);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(total, 0);
      }),
    );
  });

  it("is off by no more than it states, of any distribution", () => {
    const random = normal(7);
    const kinds: readonly (() => number)[] = [
      () => random(),
      () => Math.exp(2 * random()),
      () => (random() > 1 ? 500 + random() : random()),
      () => Math.round(random()),
    ];
    for (const kind of kinds) {
      const values = Array.from({ length: 5_000 }, () => ({
        mean: Math.fround(kind()),
        weight: 1 + Math.abs(random()),
      }));
      const centroids = sketch(values);
      const [least, greatest] = [
        Math.min(...values.map(({ mean }) => mean)),
        Math.max(...values.map(({ mean }) => mean)),
      ];
      const error = rankError(centroids);
      expect(error).toBeLessThan(0.12);
      for (const q of shares) {
        const value = quantile(centroids, q, least, greatest);
        const [low, high] = shareBelow(values, value);
        expect(Math.max(low - q, q - high, 0)).toBeLessThanOrEqual(error);
      }
    }
  });

  it("of one value is that value, and of none nothing", () => {
    const one = mergeCentroids([], [{ mean: 5, weight: 3 }], delta);
    expect(shares.map((q) => quantile(one, q, 5, 5))).toEqual([5, 5, 5, 5, 5]);
    expect(quantile(noCentroids, 0.5, 0, 1)).toBeNaN();
    expect(rankError(noCentroids)).toBe(0);
  });
});
