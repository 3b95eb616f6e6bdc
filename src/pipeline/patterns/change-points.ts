import { ScratchColumn } from "../scratch-column.ts";
import { sortInPlace } from "../sorted-column.ts";

/** From this row on another level holds. */
export interface ChangePoint {
  readonly row: number;
  readonly before: number;
  readonly after: number;
  /** Difference of the levels in deviations of the noise. */
  readonly size: number;
}

/** A level that did not last is none. */
const shortestLevel = 5;
/** In units of the noise's variance · ln(rows); Yao (Statistics & Probability Letters 6, 1988) proves 2 enough for white noise. */
const penaltyFactor = 4;
/** Rows on both sides of a border in which most of the difference must show. */
const edge = 5;
const stepShare = 0.5;
/** Noise with a long memory makes hills by itself. */
const mostMemory = 0.995;

const scratch = {
  sums: new ScratchColumn(),
  squares: new ScratchColumn(),
  best: new ScratchColumn(),
  errors: new ScratchColumn(),
  differences: new ScratchColumn(),
};

/**
 * Where the level changes for good: the segmentation with the least squared error, each change costing a penalty that grows with noise and its memory, found exactly by pruned dynamic programming
 * (PELT: Killick, Fearnhead and Eckley, JASA 107, 2012). NaN rows are left out. `noise` is the variance of the noise where it is known.
 */
export function changePoints(values: Float64Array, noise?: number): ChangePoint[] {
  const rows = knownRows(values);
  const count = rows.length;
  if (count < 4 * shortestLevel) return [];
  const { variance, inflation } = noise === undefined ? noiseOf(values, rows) : { variance: noise, inflation: 1 };
  if (!(variance > 0)) return [];
  const sums = scratch.sums.take(count + 1);
  const squares = scratch.squares.take(count + 1);
  sums[0] = 0;
  squares[0] = 0;
  for (let index = 0; index < count; index += 1) {
    const value = values[rows[index] as number] as number;
    sums[index + 1] = (sums[index] as number) + value;
    squares[index + 1] = (squares[index] as number) + value * value;
  }
  const penalty = penaltyFactor * variance * inflation * Math.log(count);
  const best = scratch.best.take(count + 1).fill(Number.POSITIVE_INFINITY);
  best[0] = -penalty;
  const previous = new Int32Array(count + 1);
  // Where the last level may begin, and the squared error then.
  const open = new Int32Array(count + 1);
  const errors = scratch.errors.take(count + 1);
  let opened = 1;
  for (let to = shortestLevel; to <= count; to += 1) {
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < opened; index += 1) {
      const from = open[index] as number;
      const sum = (sums[to] as number) - (sums[from] as number);
      const within = (squares[to] as number) - (squares[from] as number) - (sum * sum) / (to - from);
      const error = (best[from] as number) + (within > 0 ? within : 0);
      errors[index] = error;
      if (error + penalty >= least) continue;
      least = error + penalty;
      previous[to] = from;
    }
    best[to] = least;
    // What can never again be the best is not tried any more.
    let kept = 0;
    for (let index = 0; index < opened; index += 1) {
      if ((errors[index] as number) > least) continue;
      open[kept] = open[index] as number;
      kept += 1;
    }
    opened = kept;
    const next = to - shortestLevel + 1;
    if (next >= shortestLevel) {
      open[opened] = next;
      opened += 1;
    }
  }
  const borders: number[] = [];
  for (let at = previous[count] as number; at > 0; at = previous[at] as number) borders.unshift(at);
  const mean = (from: number, to: number): number => ((sums[to] as number) - (sums[from] as number)) / (to - from);
  const deviation = Math.sqrt(variance);
  return borders.flatMap((border, index) => {
    const before = mean(borders[index - 1] ?? 0, border);
    const after = mean(border, borders[index + 1] ?? count);
    // On a slope the levels are further apart than what lies right beside the border.
    const beside = mean(border, Math.min(count, border + edge)) - mean(Math.max(0, border - edge), border);
    if (beside * Math.sign(after - before) < Math.abs(after - before) * stepShare) return [];
    return [{ row: rows[border] as number, before, after, size: Math.abs(after - before) / deviation }];
  });
}

function knownRows(values: Float64Array): Uint32Array {
  const rows = new Uint32Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row += 1) if (!Number.isNaN(values[row] as number)) rows[count++] = row;
  return rows.subarray(0, count);
}

/** Of the values around their local level, from differences of neighbours: the median, so that the jumps themselves do not count. */
function noiseOf(values: Float64Array, rows: Uint32Array): { readonly variance: number; readonly inflation: number } {
  const shifted = (lag: number): Float64Array => {
    const differences = scratch.differences.take(Math.max(0, rows.length - lag));
    for (let index = lag; index < rows.length; index += 1) {
      differences[index - lag] = Math.abs(
        (values[rows[index] as number] as number) - (values[rows[index - lag] as number] as number),
      );
    }
    return sortInPlace(differences);
  };
  const scale = (sorted: Float64Array): number => {
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
    // More than half of the differences are 0: the mean is all there is.
    return (median > 0 ? median * 1.4826 : mean) / Math.SQRT2;
  };
  const near = scale(shifted(1));
  const far = scale(shifted(8));
  // Variance of AR(1) noise and its memory, from how differences grow with the lag.
  const share = Math.min(1, (near / Math.max(near, far)) ** 2);
  const memory = Math.min(mostMemory, Math.max(0, 1 - share));
  return { variance: Math.max(near, far) ** 2, inflation: (1 + memory) / (1 - memory) };
}
