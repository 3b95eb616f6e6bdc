import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measuredStructure, meanLoss } from "#pipeline/polling/loss-curve.ts";
import { lossOf, scaleOf } from "#pipeline/polling/loss.ts";
import { StructureFunction } from "#pipeline/polling/structure-function.ts";
import { autoregressive } from "../../support/signals.ts";

const distance = (a: number, b: number): number => Math.min(1, Math.abs(a - b) / 100);

function seen(values: readonly number[], every: number): StructureFunction {
  const structure = new StructureFunction();
  for (let tick = 0; tick < values.length; tick += every) structure.add(tick, values[tick] as number, distance);
  return structure;
}

describe("how a signal is measured", () => {
  it("is by its inner range, and by one step where that is wider than 2 %", () => {
    const column = Float64Array.from({ length: 1_001 }, (_, index) => index / 10);
    expect(scaleOf(column).range).toBeCloseTo(90, 0);
    expect(scaleOf(column).tolerance).toBeCloseTo(1.8, 1);
    expect(scaleOf(Float64Array.from({ length: 100 }, (_, index) => index % 10)).tolerance).toBeCloseTo(1, 5);
  });

  it("takes every difference for stale where there are few values, and none of a constant", () => {
    const few = scaleOf(Float64Array.of(0, 0, 0, 7, Number.NaN));
    expect([few.tolerance, lossOf(0, 7, few, "staleness"), lossOf(7, 7, few, "staleness")]).toEqual([0, 1, 0]);
    const constant = scaleOf(new Float64Array(9));
    expect([constant, lossOf(0, 1, constant, "error")]).toEqual([{ range: 0, tolerance: 0 }, 1]);
    expect(scaleOf(new Float64Array())).toEqual({ range: 0, tolerance: 0 });
  });
});

describe("the structure function", () => {
  it("from reads now and then is that of every value", () => {
    const walk = autoregressive(1, 20_000, 5);
    const truth = measuredStructure(Float64Array.from(walk), {
      from: 0,
      to: walk.length,
      longest: 120,
      scale: { range: 100, tolerance: 1 },
      objective: "error",
    });
    const { loss } = seen(walk, 5).fit(120);
    for (const lag of [5, 10, 25])
      expect(Math.abs((loss[lag] as number) / (truth.loss[lag] as number) - 1)).toBeLessThan(0.15);
    // Below what was seen it is continued with the exponent of a random walk, a half.
    for (const lag of [1, 2, 3])
      expect(Math.abs((loss[lag] as number) / (truth.loss[lag] as number) - 1)).toBeLessThan(0.35);
  });

  it("never falls, and knows little of what was never seen to change", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (values, every) => {
          const { loss, sums } = seen(values, every).fit(64);
          for (let lag = 1; lag <= 64; lag += 1) {
            expect(loss[lag] as number).toBeGreaterThanOrEqual((loss[lag - 1] as number) - 1e-12);
            expect(sums[lag] as number).toBeCloseTo(
              loss.subarray(0, lag).reduce((sum, each) => sum + each, 0),
              9,
            );
          }
        },
      ),
      { numRuns: 200 },
    );
    const constant = (reads: number) => seen(Array<number>(reads).fill(7), 1).fit(10).loss[10] as number;
    expect(constant(1_000)).toBeLessThan(constant(20));
    expect(constant(1_000)).toBeLessThan(0.01);
  });

  it("compares nothing across a time without a value", () => {
    const structure = new StructureFunction();
    structure.add(0, 0, distance);
    structure.add(1, Number.NaN, distance);
    structure.add(2, 100, distance);
    expect([structure.reads, structure.newest]).toEqual([3, { tick: 2, value: 100 }]);
    expect(structure.fit(4).loss[2]).toBeLessThan(0.5);
  });

  it("gives the mean loss of reading every so often as the mean over all ages", () => {
    const values = autoregressive(0.9, 4_000, 3).map((value) => value * 10);
    const column = Float64Array.from(values);
    const scale = { range: 100, tolerance: 1 };
    const structure = measuredStructure(column, { from: 0, to: column.length, longest: 20, scale, objective: "error" });
    let [sum, count] = [0, 0];
    for (let phase = 0; phase < 8; phase += 1) {
      for (let row = 8; row < column.length; row += 1) {
        const read = row - ((row - phase + 8) % 8);
        sum += lossOf(column[read] as number, column[row] as number, scale, "error");
        count += 1;
      }
    }
    expect(meanLoss(structure, 8)).toBeCloseTo(sum / count, 3);
  });
});
