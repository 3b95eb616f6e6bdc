import { autocorrelation, LazyAutocorrelation } from "../correlation/autocorrelation.ts";
import type { Stretch } from "../grid/grid.ts";

export interface Period {
  /** Rows. */
  readonly rows: number;
  /** Mean correlation of any two of the periods, with neither what is slower nor what is much faster; up to 1. */
  readonly strength: number;
  /** Whole periods seen. */
  readonly cycles: number;
}

/** Fewer rows a period do not show its shape. */
const shortest = 4;
const leastCycles = 3;
const leastStrength = 0.15;
/** By so many times the deviation that chance would give the strength must exceed 0; where the period was expected, nothing was searched for. */
const clearlyNoChance = 5;
const expected = 2.5;
const sameAsNatural = 0.03;
/** The same for the steps, which were not searched. */
const clearlyRhythm = 3;
/** Independent values within one period of what has no period. */
const freedom = 3;
/** Neighbouring rows of a fast cycle have nothing in common: what repeats then is an echo of the rows' own rhythm. */
const leastNeighbours = 0.15;
/** From a hill of the autocorrelation to the valley before it. */
const leastDepth = 0.1;
/** The first hills and the highest: the multiples of a short period are as high as itself. */
const candidatesEach = 8;
/** A shorter period that is nearly as strong is the period; the longer one its multiple. */
const nearly = 0.7;
/** Parts of a period that are averaged. */
const smoothing = 8;

/**
 * The time after which a signal repeats itself, on rows of equal width; undefined when it does not. Candidates are the hills of the autocorrelation; also a random walk has such, but its periods do not
 * resemble each other once what is slower and what is faster is taken away. `natural` are periods that are no surprise: a day (rows).
 */
export function findPeriod(
  values: Float64Array,
  stretches: readonly Stretch[],
  natural: readonly number[] = [],
): Period | undefined {
  const most = Math.floor(values.length / leastCycles);
  if (most < shortest) return undefined;
  const memory = autocorrelation(values, stretches, Math.min(values.length - 1, most + 1));
  if ((memory[1] as number) < leastNeighbours) return undefined;
  const found = hills(memory);
  const highest = found.toSorted((a, b) => (memory[b] as number) - (memory[a] as number)).slice(0, candidatesEach);
  const judged = [...new Set([...found.slice(0, candidatesEach), ...highest])]
    .map((lag) => judge(values, stretches, lag))
    .filter((each) => each !== undefined);
  const best = judged.reduce((strength, each) => Math.max(strength, each.strength), 0);
  return judged
    .filter(({ strength }) => strength >= best * nearly)
    .toSorted((a, b) => a.rows - b.rows)
    .find(({ rows, strength, cycles }) => {
      const isExpected = natural.some((each) => Math.abs(rows / each - 1) < sameAsNatural);
      return strength >= Math.max(leastStrength, chanceOf(cycles) * (isExpected ? expected : clearlyNoChance));
    });
}

/** Lags at which the autocorrelation is positive and higher than around, with a valley between them and 0. */
function hills(memory: Float64Array): number[] {
  const found: number[] = [];
  let valley = 1;
  for (let lag = 1; lag < memory.length - 1; lag += 1) {
    const here = memory[lag] as number;
    valley = Math.min(valley, here);
    if (here <= (memory[lag - 1] as number) || here < (memory[lag + 1] as number)) continue;
    if (lag >= shortest && here > 0 && here - valley > leastDepth) found.push(lag);
  }
  return found;
}

function judge(values: Float64Array, stretches: readonly Stretch[], lag: number): Period | undefined {
  const cycles = Math.floor(values.length / lag);
  if (cycles < leastCycles) return undefined;
  const part = Math.max(1, Math.floor(lag / smoothing));
  const smooth = movingMean(values, stretches, Math.floor(lag / smoothing));
  const level = movingMean(values, stretches, lag);
  const band = new Float64Array(smooth.length);
  for (let row = 0; row < band.length; row += 1) band[row] = (smooth[row] as number) - (level[row] as number);
  const memory = new LazyAutocorrelation(band, stretches, Math.min(band.length - 1, Math.ceil(lag * (cycles - 0.5))));
  const first = summit(memory, lag, lag);
  if (first === undefined || (memory.at(Math.round(lag / 2)) ?? 0) > first.height - leastDepth) return undefined;
  let exact = first.lag;
  let sum = 0;
  let weight = 0;
  for (let multiple = 1; multiple < cycles; multiple += 1) {
    const next = summit(memory, exact * multiple, exact);
    sum += memory.at(Math.round(exact * multiple)) ?? 0;
    weight += 1 - multiple / cycles;
    // The further away a hill, the better it tells the period.
    if (next !== undefined && next.height > first.height / 2) exact = next.lag / multiple;
  }
  const steps = stepsOf(smooth, stretches, part);
  return hasRhythm(steps, stretches, exact, cycles)
    ? { rows: exact, strength: Math.min(1, sum / weight), cycles: Math.floor(values.length / exact) }
    : undefined;
}

/** From each row to the one `length` later, within its stretch. */
function stepsOf(values: Float64Array, stretches: readonly Stretch[], length: number): Float64Array {
  const result = new Float64Array(values.length).fill(Number.NaN);
  for (const { from, to } of stretches) {
    for (let row = from; row < to - length; row += 1) {
      result[row] = (values[row + length] as number) - (values[row] as number);
    }
  }
  return result;
}

/** Also the steps resemble those of the other periods: those of a random walk do so by chance alone. */
function hasRhythm(steps: Float64Array, stretches: readonly Stretch[], rows: number, cycles: number): boolean {
  const memory = new LazyAutocorrelation(
    steps,
    stretches,
    Math.min(steps.length - 1, Math.ceil(rows * (cycles - 0.5))),
  );
  let sum = 0;
  let weight = 0;
  for (let multiple = 1; multiple < cycles; multiple += 1) {
    sum += memory.at(Math.round(rows * multiple)) ?? 0;
    weight += 1 - multiple / cycles;
  }
  return sum / weight > clearlyRhythm / Math.sqrt(((cycles * (cycles - 1)) / 2) * (smoothing / 2));
}

/** Deviation of the mean correlation of so many independent periods. */
function chanceOf(cycles: number): number {
  return 1 / Math.sqrt(((cycles * (cycles - 1)) / 2) * freedom);
}

/** The hill near a lag, with its top between the rows (parabola through three); undefined when there is none. */
function summit(
  memory: LazyAutocorrelation,
  near: number,
  period: number,
): { readonly lag: number; readonly height: number } | undefined {
  const reach = Math.max(1, Math.round(Math.min(near * 0.06, period / 5)));
  let best = Math.round(near);
  for (let lag = Math.round(near) - reach; lag <= Math.round(near) + reach; lag += 1) {
    if ((memory.at(lag) ?? -1) > (memory.at(best) ?? -1)) best = lag;
  }
  const [left, here, right] = [memory.at(best - 1), memory.at(best), memory.at(best + 1)];
  if (left === undefined || here === undefined || right === undefined || here < left || here < right) return undefined;
  const bend = left - 2 * here + right;
  return { lag: best + (bend === 0 ? 0 : (0.5 * (left - right)) / bend), height: here };
}

/** Mean of the `length` rows around each row, within its stretch; NaN where none of them is known. */
function movingMean(values: Float64Array, stretches: readonly Stretch[], length: number): Float64Array {
  const result = new Float64Array(values.length).fill(Number.NaN);
  const half = Math.floor(length / 2);
  for (const { from, to } of stretches) {
    let sum = 0;
    let count = 0;
    // One comes in ahead, one goes out behind; the first mean is complete when half of the rows have come in.
    for (let row = from - half; row < to; row += 1) {
      const coming = row + half < to ? (values[row + half] as number) : Number.NaN;
      if (!Number.isNaN(coming)) {
        sum += coming;
        count += 1;
      }
      const going = row - half - 1 >= from ? (values[row - half - 1] as number) : Number.NaN;
      if (!Number.isNaN(going)) {
        sum -= going;
        count -= 1;
      }
      if (row >= from && count > 0) result[row] = sum / count;
    }
  }
  return result;
}
