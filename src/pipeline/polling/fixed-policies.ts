import { allocate, claimOf, tickLadder } from "./allocate.ts";
import { measuredStructure } from "./loss-curve.ts";
import { lossOf, type Objective, type Scale, scaleOf } from "./loss.ts";
import { StructureFunction } from "./structure-function.ts";

/** Ways to choose an interval for each signal once and for all. `mean gap / 3` is the rule of the older package, which knows no budget. */
export const fixedPolicies = ["uniform", "proportional", "square root", "mean gap / 3", "plan", "clairvoyant"] as const;
/** `present`: the intervals that somebody has set, in their proportions. */
export type FixedPolicy = (typeof fixedPolicies)[number] | "present";

/** A recording of which every value is known, and what policies may know of it. */
export interface PolledTest {
  /** One signal each, one row each tick; NaN where there was no value. */
  readonly columns: readonly Float64Array[];
  /** Ticks between two reads of each signal if all are read alike. */
  readonly uniform: number;
  readonly objective: Objective;
  /** First row that is judged. */
  readonly from: number;
  readonly rows: number;
  /** Longest lag that is looked at, in ticks. */
  readonly longest: number;
  /** Ticks between two reads of each signal as somebody has set them; for the policy `present`. */
  readonly present?: readonly number[];
  /** Of the whole recording. */
  readonly scales: readonly Scale[];
}

/** No interval of the plan is further than this from the uniform one. */
const mostFactor = 8;

/** In ticks; at the load of uniform reading, but for the older package's. */
export function fixedIntervals(name: FixedPolicy, test: PolledTest): readonly number[] {
  const { columns, uniform, objective, from, rows, longest, scales, present } = test;
  const budget = columns.length / uniform;
  switch (name) {
    case "uniform":
      return columns.map(() => uniform);
    case "present":
      return scaledTo(
        budget,
        columns.map((_, index) => 1 / (present?.[index] ?? uniform)),
        longest,
      );
    case "clairvoyant": {
      const intervals = tickLadder(1, longest);
      return allocate(
        columns.map((column, index) =>
          claimOf(
            measuredStructure(column, { from, to: rows, longest, scale: scales[index] as Scale, objective }),
            intervals,
          ),
        ),
        budget,
      );
    }
    case "plan": {
      const intervals = tickLadder(uniform / mostFactor, Math.min(longest, uniform * mostFactor));
      return allocate(
        seenUniformly(test).map((reads) => {
          const scale = scaleOf(Float64Array.from(reads, ({ value }) => value));
          const structure = new StructureFunction();
          for (const { tick, value } of reads) structure.add(tick, value, (a, b) => lossOf(a, b, scale, objective));
          return claimOf(structure.fit(longest), intervals);
        }),
        budget,
      );
    }
    case "mean gap / 3":
      return seenRates(test).map((rate) => Math.max(1, Math.min(longest, Math.round(1 / rate / 3))));
    case "square root":
      return scaledTo(budget, seenRates(test).map(Math.sqrt), longest);
    case "proportional":
      return scaledTo(budget, seenRates(test), longest);
  }
}

/** Changes a tick as uniform reading shows them; half a change more, for what was not seen. */
function seenRates(test: PolledTest): readonly number[] {
  return seenUniformly(test).map((reads) => {
    const changes = reads.filter(({ value }, index) => index > 0 && value !== reads[index - 1]?.value).length;
    return (changes + 0.5) / Math.max(1, reads.length * test.uniform);
  });
}

/** Reads a tick in proportion to the wishes, within what is possible, that together take the budget. */
function scaledTo(budget: number, wishes: readonly number[], longest: number): number[] {
  const at = (factor: number): number[] => wishes.map((wish) => Math.max(1 / longest, Math.min(1, wish * factor)));
  let [low, high] = [0, 1e9];
  for (let step = 0; step < 100; step += 1) {
    const middle = Math.sqrt(Math.max(1e-9, low) * high);
    if (at(middle).reduce((sum, rate) => sum + rate, 0) > budget) high = middle;
    else low = middle;
  }
  const exact = at(low).map((rate) => 1 / rate);
  const whole = exact.map((ticks) => Math.max(1, Math.ceil(ticks - 1e-9)));
  // Those that were rounded up by most are rounded down, as far as the budget goes.
  const order = [...whole.keys()].toSorted((a, b) => roundedUp(whole, exact, b) - roundedUp(whole, exact, a));
  let load = whole.reduce((sum, ticks) => sum + 1 / ticks, 0);
  for (const index of order) {
    const ticks = whole[index] as number;
    if (ticks === 1 || load + 1 / (ticks - 1) - 1 / ticks > budget) continue;
    load += 1 / (ticks - 1) - 1 / ticks;
    whole[index] = ticks - 1;
  }
  return whole;
}

function roundedUp(whole: readonly number[], exact: readonly number[], index: number): number {
  return (whole[index] as number) / (exact[index] as number);
}

/** What uniform reading shows of each signal in the first part. */
export function seenUniformly(
  { columns, uniform, from }: PolledTest,
  offset = 0,
): { readonly tick: number; readonly value: number }[][] {
  return columns.map((column, index) => {
    const reads: { tick: number; value: number }[] = [];
    for (let tick = phaseOf(index, uniform, offset); tick < from; tick += uniform)
      reads.push({ tick, value: column[tick] as number });
    return reads;
  });
}

/** Reads of different signals do not fall together. */
export function phaseOf(index: number, interval: number, offset: number): number {
  return (index * 7 + offset) % interval;
}
