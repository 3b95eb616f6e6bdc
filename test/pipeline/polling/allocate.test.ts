import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocate, type Claim, claimOf, tickLadder } from "#pipeline/polling/allocate.ts";
import type { FittedStructure } from "#pipeline/polling/structure-function.ts";

const longest = 64;
const intervals = tickLadder(1, longest);

function structureOf(loss: (lag: number) => number): FittedStructure {
  const losses = Float64Array.from({ length: longest + 1 }, (_, lag) => loss(lag));
  const sums = new Float64Array(longest + 2);
  for (let lag = 0; lag <= longest; lag += 1) sums[lag + 1] = (sums[lag] as number) + (losses[lag] as number);
  return { loss: losses, sums };
}
const power = (scale: number, exponent: number, possible = intervals): Claim =>
  claimOf(
    structureOf((lag) => Math.min(1, scale * lag ** exponent)),
    possible,
  );
const total = (claims: readonly Claim[], ticks: readonly number[]): number =>
  claims.reduce(
    (sum, claim, index) =>
      sum + (claim.weight ?? 1) * (claim.losses[claim.intervals.indexOf(ticks[index] as number)] as number),
    0,
  );
const loadOf = (claims: readonly Claim[], ticks: readonly number[]): number =>
  claims.reduce((sum, { cost = 1 }, index) => sum + cost / (ticks[index] as number), 0);

describe("intervals within a budget", () => {
  it("give more to what drifts, and the least to constants", () => {
    const claims = [power(0.1, 1), power(0.01, 1), power(0, 1)];
    const [fast, slow, constant] = allocate(claims, 0.5);
    expect(fast).toBeLessThan(slow as number);
    expect(constant).toBe(longest);
  });

  it("never ask for more than there is, and are near to the best of all combinations", () => {
    const claim = fc.record({
      scale: fc.double({ min: 0.001, max: 0.3, noNaN: true }),
      exponent: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
      cost: fc.double({ min: 0.5, max: 3, noNaN: true }),
    });
    const few = [1, 2, 4, 8, 16, 32];
    fc.assert(
      fc.property(
        fc.array(claim, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0.2, max: 4, noNaN: true }),
        (parts, budget) => {
          const claims = parts.map(({ scale, exponent, cost }) => ({
            ...power(scale, exponent, few),
            cost,
          }));
          const least = claims.reduce((sum, { cost }) => sum + cost / 32, 0);
          fc.pre(budget > least);
          const chosen = allocate(claims, budget);
          expect(loadOf(claims, chosen)).toBeLessThanOrEqual(budget * (1 + 1e-6));
          const combinations = claims.reduce<number[][]>(
            (all) => all.flatMap((one) => few.map((ticks) => [...one, ticks])),
            [[]],
          );
          const possible = combinations
            .filter((each) => loadOf(claims, each) <= budget)
            .map((each) => total(claims, each));
          // One step of one entity is what the rounding of the last step can cost.
          const step = Math.max(
            ...claims.map(({ losses }) =>
              Math.max(...losses.slice(1).map((loss, index) => loss - (losses[index] as number))),
            ),
          );
          expect(total(claims, chosen)).toBeLessThanOrEqual(Math.min(...possible) + step + 1e-9);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("count weight and cost", () => {
    const [heavy, light] = allocate([{ ...power(0.02, 1), weight: 10 }, power(0.02, 1)], 0.5);
    expect(heavy).toBeLessThan(light as number);
    const [dear, cheap] = allocate([{ ...power(0.02, 1), cost: 10 }, power(0.02, 1)], 1);
    expect(dear).toBeGreaterThan(cheap as number);
  });

  it("are those of the ladder between the limits, never none", () => {
    expect(tickLadder(2, 8)).toEqual([2, 3, 4, 6, 8]);
    expect(tickLadder(5, 5.5)).toEqual([5]);
    expect(tickLadder(0.25, 1)).toEqual([1]);
    expect(allocate([], 1)).toEqual([]);
  });
});
