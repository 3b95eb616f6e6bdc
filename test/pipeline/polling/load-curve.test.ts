import { describe, expect, it } from "vitest";
import type { LoadCurve } from "#model/load-curve.ts";
import { intervalCosts } from "#pipeline/polling/interval-costs.ts";
import { loadCurve } from "#pipeline/polling/load-curve.ts";
import type { PlanInput } from "#pipeline/polling/plan.ts";
import { holdOut } from "#pipeline/polling/walk-forward.ts";
import { autoregressive } from "../../support/signals.ts";

const present = 10;
const count = 4_000;
const serviceSeconds = 0.1;
const seen = (entityId: string, values: readonly number[]): PlanInput => ({
  entityId,
  present,
  objective: "error",
  reads: values.map((value, index) => ({ tick: index * present, value })),
});
const inputs = [
  ...[1, 2].map((seed) => seen(`sensor.walk_${seed}`, autoregressive(0.999, count, seed))),
  ...[3, 4].map((seed) => seen(`sensor.slow_${seed}`, autoregressive(0.9999, count, seed))),
  ...[5, 6].map((index) => seen(`sensor.rests_${index}`, Array<number>(count).fill(index))),
];

function curveOf(all: readonly PlanInput[]): LoadCurve | undefined {
  const held = all.map((input) => holdOut(input, present)).filter((each) => each !== undefined);
  const reads = all.length / present;
  const work = loadCurve(held, {
    serviceSeconds,
    present: { reads, loss: 0.02 },
    proposed: { reads: reads / 2, loss: 0.01 },
  });
  for (let next = work.next(); ; next = work.next()) if (next.done === true) return next.value;
}

describe("loss against load", () => {
  const curve = curveOf(inputs) as LoadCurve;

  it("goes from as few reads as there may be to as many, and says where it is", () => {
    expect(curve.shares).toEqual(curve.shares.toSorted((a, b) => a - b));
    expect(curve.shares.at(-1)).toBeLessThanOrEqual(1 + 1e-9);
    expect(curve.present.share).toBeCloseTo((inputs.length / present) * serviceSeconds);
    expect(curve.proposed).toEqual({ share: curve.present.share / 2, loss: 0.01 });
    for (const losses of Object.values(curve.losses)) expect(losses).toHaveLength(curve.shares.length);
  });

  it("falls with more reads, and nobody does better than whoever knew the future", () => {
    const { plan, even, best } = curve.losses;
    expect(plan.at(-1)).toBeLessThan(plan[0] as number);
    for (const [index, loss] of best.entries()) {
      expect(loss).toBeLessThanOrEqual((plan[index] as number) + 1e-12);
      if (index > 0) expect(loss).toBeLessThanOrEqual((best[index - 1] as number) + 1e-12);
      // On the same reads no better; between the points of its ladder reading alike is only interpolated.
      expect(loss).toBeLessThanOrEqual((even[index] as number) * 1.05);
    }
    const middle = Math.floor(plan.length / 2);
    expect(plan[middle]).toBeLessThan(even[middle] as number);
  });

  it("is none where there is nothing to choose", () => {
    expect(curveOf([])).toBeUndefined();
    expect(curveOf([seen("sensor.rests", Array<number>(count).fill(1))])).toBeUndefined();
  });
});

describe("what a longer interval costs", () => {
  it("is more for what moves, nothing for what rests, and said of noise", () => {
    const walk = intervalCosts(inputs[0] as PlanInput, serviceSeconds);
    expect(walk).toMatchObject({ objective: "error", isNoise: false, reads: count });
    const losses = walk?.points.map(({ loss }) => loss) ?? [];
    expect(losses).toEqual(losses.toSorted((a, b) => a - b));
    expect(walk?.points.find(({ seconds }) => seconds === 10)?.share).toBeCloseTo(0.01);
    expect(intervalCosts(seen("sensor.noise", autoregressive(0, count, 9)), 0.1)?.isNoise).toBe(true);
    const rests = intervalCosts(inputs[4] as PlanInput, serviceSeconds);
    expect(Math.max(...(rests?.points.map(({ loss }) => loss) ?? [1]))).toBeLessThan(0.05);
    expect(intervalCosts(seen("sensor.new", [1, 2, 3]), 0.1)).toBeUndefined();
  });

  it("counts as off what is further off than somebody tolerates", () => {
    const input = { ...(inputs[0] as PlanInput), tolerance: 1e6 };
    const costs = intervalCosts(input, serviceSeconds);
    expect(costs?.objective).toBe("staleness");
    expect(costs?.points[0]?.loss).toBeLessThan(0.01);
  });
});
