import { describe, expect, it } from "vitest";
import { autocorrelation } from "#pipeline/correlation/autocorrelation.ts";
import { ranks } from "#pipeline/correlation/ranks.ts";
import { correlationProbability, discoveryThreshold, effectiveSampleSize } from "#pipeline/correlation/significance.ts";
import { autoregressive } from "../../support/signals.ts";

describe("what a correlation proves", () => {
  it("is what tables of the normal distribution say", () => {
    // z = atanh(0.5) · √(28 − 3) = 2.7465; P(|Z| > 2.7465) = 0.006024.
    expect(correlationProbability(0.5, 28)).toBeCloseTo(0.006024, 5);
    expect(correlationProbability(0, 100)).toBeCloseTo(1, 6);
    expect(correlationProbability(1, 3)).toBe(1);
    expect(correlationProbability(Number.NaN, 100)).toBe(1);
  });

  it("is less, the longer the memory: n(1 − φ²)/(1 + φ²) rows of two AR(1) signals", () => {
    const n = 20_000;
    const stretches = [{ from: 0, to: n }];
    const [a, b] = [1, 2].map((seed) =>
      autocorrelation(Float64Array.from(autoregressive(0.8, n, seed)), stretches, 200),
    );
    const expected = (n * (1 - 0.64)) / (1 + 0.64);
    expect(effectiveSampleSize(n, a!, b!) / expected).toBeCloseTo(1, 1);
  });

  it("counts among many as Benjamini and Hochberg say", () => {
    const probabilities = [0.01, 0.02, 0.03, 0.04, 0.5];
    expect(discoveryThreshold(probabilities, 5, 0.05)).toBe(0.04);
    expect(discoveryThreshold(probabilities, 500, 0.05)).toBe(0);
    expect(discoveryThreshold([], 5, 0.05)).toBe(0);
  });
});

describe("ranks", () => {
  it("are shared by equal values, and unknown of what is unknown", () => {
    expect([...ranks(Float64Array.of(3, 1, Number.NaN, 1, 7))]).toEqual([2, 0.5, Number.NaN, 0.5, 3]);
  });
});
