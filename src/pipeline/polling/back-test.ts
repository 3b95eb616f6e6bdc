import {
  fixedIntervals,
  type FixedPolicy,
  fixedPolicies,
  phaseOf,
  type PolledTest,
  seenUniformly,
} from "./fixed-policies.ts";
import { lossOf, type Objective, type Scale, scaleOf } from "./loss.ts";
import { ReadScheduler } from "./read-scheduler.ts";

/** `drive` chooses each read when its time has come. */
export type PolicyName = FixedPolicy | "drive";
export const policyNames: readonly PolicyName[] = [...fixedPolicies.slice(0, -1), "drive", "clairvoyant"];

export interface BackTestInput {
  /** One signal each, one row each tick; NaN where there was no value. */
  readonly columns: readonly Float64Array[];
  /** Ticks between two reads of each signal if all are read alike: what the learner has seen in the first part, and the load that every policy may use. */
  readonly uniform: number;
  /** Share of the rows that policies learn from; they are judged on the others. @default 0.5 */
  readonly train?: number;
  readonly objective: Objective;
  /** Ticks between two reads of each signal as somebody has set them: tried as well, all stretched or shortened alike to the same load. @default all alike */
  readonly present?: readonly number[];
}

export interface PolicyResult {
  readonly name: PolicyName;
  /** Reads over those of the uniform policy. */
  readonly load: number;
  /** Mean of |shown − true| over the signal's range (5th to 95th percentile), at most 1 each. */
  readonly error: number;
  /** Share of time in which the value shown is off by more than the tolerance. */
  readonly staleness: number;
  /** Ticks; of `drive`, the mean that came about. */
  readonly intervals: readonly number[];
  /** By which share of the loss (of the objective) of the present intervals, where they are given, else of the uniform ones, it is worse; 95 % limits by block bootstrap. Below 0 it is better. */
  readonly against: { readonly mean: number; readonly low: number; readonly high: number };
}

export interface BackTest {
  readonly policies: readonly PolicyResult[];
  /** Gain over uniform, as a share of the clairvoyant's; absent where there is nothing to gain. */
  readonly gainShare: Readonly<Partial<Record<PolicyName, number>>>;
}

/** Beginnings that every fixed policy is replayed with, and the scheduled one. */
const mostPhases = 12;
const mostPhasesOfDrive = 3;
const refitEvery = 60;
const leastRefits = 40;
const longestLag = 1_024;
const blocks = 24;
const resamples = 400;
/** A share of next to nothing says nothing. */
const leastGain = 1e-4;

/** Losses of one policy, by row from `from` on, summed over signals and phases. */
interface Judged {
  readonly error: Float64Array;
  readonly staleness: Float64Array;
  /** Signals that had a value, summed likewise. */
  readonly counted: Float64Array;
  readonly load: number;
  readonly intervals: readonly number[];
}

/** Policies side by side, at the same load, on rows that none but the clairvoyant has seen. `random` gives numbers from 0 to 1 for the bootstrap; yields the share that is done. */
export function* backTest(
  { columns, uniform, train = 0.5, objective, present }: BackTestInput,
  random: () => number,
): Generator<number, BackTest> {
  const rows = columns[0]?.length ?? 0;
  const from = Math.floor(rows * train);
  const longest = Math.max(1, Math.min(longestLag, Math.floor((rows - from) / 2)));
  const scales = columns.map(scaleOf);
  const test: PolledTest = {
    columns,
    uniform,
    objective,
    from,
    rows,
    longest,
    scales,
    ...(present === undefined ? {} : { present }),
  };
  const names: readonly PolicyName[] = present === undefined ? policyNames : ["present", ...policyNames];
  const judged = new Map<PolicyName, Judged>();
  for (const [index, name] of names.entries()) {
    yield index / names.length;
    judged.set(name, name === "drive" ? driven(test) : replayed(test, fixedIntervals(name, test)));
  }
  const loss = (name: PolicyName): number => {
    const each = judged.get(name) as Judged;
    return ratio(objective === "error" ? each.error : each.staleness, each.counted);
  };
  const base = judged.get(names[0] as PolicyName) as Judged;
  const policies = names.map((name): PolicyResult => {
    const { error, staleness, counted, load, intervals } = judged.get(name) as Judged;
    return {
      name,
      load,
      error: ratio(error, counted),
      staleness: ratio(staleness, counted),
      intervals,
      against: compare(judged.get(name) as Judged, base, objective, random),
    };
  });
  const possible = loss("uniform") - loss("clairvoyant");
  const gainShare =
    possible > leastGain * loss("uniform")
      ? Object.fromEntries(names.map((name) => [name, (loss("uniform") - loss(name)) / possible]))
      : {};
  return { policies, gainShare };
}

function emptyJudgement(rows: number): Pick<Judged, "error" | "staleness" | "counted"> {
  return { error: new Float64Array(rows), staleness: new Float64Array(rows), counted: new Float64Array(rows) };
}

function replayed({ columns, uniform, from, rows, scales }: PolledTest, intervals: readonly number[]): Judged {
  const result = emptyJudgement(rows - from);
  const phases = Math.min(mostPhases, Math.max(...intervals));
  for (let phase = 0; phase < phases; phase += 1) {
    for (const [index, column] of columns.entries()) {
      const interval = intervals[index] as number;
      const offset = Math.floor((phase * interval) / phases);
      let shown = Number.NaN;
      for (let row = Math.max(0, from - interval); row < rows; row += 1) {
        if ((row + phaseOf(index, interval, offset)) % interval === 0 || Number.isNaN(shown))
          shown = column[row] as number;
        if (row >= from) judge(result, row - from, shown, column[row] as number, scales[index] as Scale);
      }
    }
  }
  const load = (intervals.reduce((sum, interval) => sum + 1 / interval, 0) * uniform) / columns.length;
  return { ...result, load, intervals };
}

function driven(test: PolledTest): Judged {
  const { columns, uniform, objective, from, rows, longest, scales } = test;
  const result = emptyJudgement(rows - from);
  const phases = Math.min(mostPhasesOfDrive, uniform);
  const reads = new Float64Array(columns.length);
  for (let phase = 0; phase < phases; phase += 1) {
    const scheduler = new ReadScheduler({
      entities: columns.map(() => ({ objective })),
      readsPerTick: columns.length / uniform,
      refitEvery: Math.max(10, Math.min(refitEvery, Math.floor(from / leastRefits))),
      longest,
    });
    const shown = seenUniformly(test, Math.floor((phase * uniform) / phases)).map((seen, index) => {
      scheduler.learn(index, seen);
      return seen.at(-1)?.value ?? Number.NaN;
    });
    for (let row = from; row < rows; row += 1) {
      for (const index of scheduler.choose(row)) {
        const value = columns[index]?.[row] as number;
        scheduler.observe(index, row, value);
        shown[index] = value;
        reads[index]! += 1;
      }
      for (const [index, column] of columns.entries()) {
        judge(result, row - from, shown[index] as number, column[row] as number, scales[index] as Scale);
      }
    }
  }
  const ticks = (rows - from) * phases;
  const load = (reads.reduce((sum, count) => sum + count, 0) / ticks / columns.length) * uniform;
  return { ...result, load, intervals: [...reads].map((count) => ticks / Math.max(1, count)) };
}

function judge(
  { error, staleness, counted }: Pick<Judged, "error" | "staleness" | "counted">,
  row: number,
  shown: number,
  value: number,
  scale: Scale,
): void {
  if (Number.isNaN(shown) || Number.isNaN(value)) return;
  counted[row]! += 1;
  if (shown === value) return;
  error[row]! += scale.range > 0 ? lossOf(shown, value, scale, "error") : 0;
  staleness[row]! += lossOf(shown, value, scale, "staleness");
}

function ratio(losses: Float64Array, counted: Float64Array): number {
  const count = counted.reduce((sum, each) => sum + each, 0);
  return count === 0 ? 0 : losses.reduce((sum, loss) => sum + loss, 0) / count;
}

/** Blocks of rows are drawn with replacement, the same ones of both policies: neighbours are alike (Künsch, Annals of Statistics 17, 1989). */
function compare(policy: Judged, present: Judged, objective: Objective, random: () => number): PolicyResult["against"] {
  const [own, base] = objective === "error" ? [policy.error, present.error] : [policy.staleness, present.staleness];
  const size = Math.max(1, Math.ceil(own.length / blocks));
  const sums = Array.from({ length: Math.ceil(own.length / size) }, (_, block) => {
    const part = (values: Float64Array): number =>
      values.subarray(block * size, (block + 1) * size).reduce((sum, each) => sum + each, 0);
    return { own: part(own), ownCount: part(policy.counted), base: part(base), baseCount: part(present.counted) };
  });
  const worse = (drawn: typeof sums): number => {
    const total = (of: (each: (typeof sums)[number]) => number): number =>
      drawn.reduce((sum, each) => sum + of(each), 0);
    const mean =
      total((each) => each.own) /
      Math.max(
        1,
        total((each) => each.ownCount),
      );
    const other =
      total((each) => each.base) /
      Math.max(
        1,
        total((each) => each.baseCount),
      );
    return other === 0 ? (mean === 0 ? 0 : Number.POSITIVE_INFINITY) : mean / other - 1;
  };
  const drawn = Array.from({ length: resamples }, () =>
    worse(sums.map(() => sums[Math.floor(random() * sums.length)] as (typeof sums)[number])),
  ).toSorted((a, b) => a - b);
  return {
    mean: worse(sums),
    low: drawn[Math.floor(resamples * 0.025)] as number,
    high: drawn[Math.floor(resamples * 0.975)] as number,
  };
}
