/** The structure function as a table: at each lag, in ticks, the mean loss, and the sum of the losses at all shorter lags. */
export interface FittedStructure {
  readonly loss: Float64Array;
  /** `sums[lag]` = Σ loss[h], h < lag. */
  readonly sums: Float64Array;
}

/** Lags up to here have a bin each; above, bins are this much wider each time. */
const finest = 8;
const wider = 1.25;
const largestLag = 200_000;
const edges: readonly number[] = binEdges();
/** Each read is compared with so many before it. */
const pairsEach = 6;
/** Exponent of the structure function near lag 0 while little is known: between a random walk (0.5 of the error) and a ramp (1). */
const usualExponent = 0.7;
const fewestForExponent = 20;
/** Lags that the exponent is estimated from, in those of the shortest. */
const exponentReach = 4.5;
/** Changes that one more look at a constant may find, until it has been looked at for long. */
const unseenChanges = 0.5;
/** Pairs of values are near up to so many times a lag, and far apart from so many on. */
const closeReach = 1.5;
const distantFrom = 3;
/** Noise's losses at two lags differ by less than this, and by what so few pairs may differ by chance: their deviation as a share of their mean, pairs overlapping. */
const flat = 1.15;
const fewestPairs = 20;
const spreadOfLoss = 1.1;

/**
 * Mean loss between a value and the one `lag` ticks later, from reads at whatever times they came: half the variogram of geostatistics (Matheron 1963), with a bounded loss in place of the square.
 * Pairs are counted in bins of their lag, the mean of each bin stands at its mean lag, and the function never falls (pool adjacent violators, Ayer et al. 1955).
 */
export class StructureFunction {
  readonly #losses = new Float64Array(edges.length);
  readonly #weights = new Float64Array(edges.length);
  readonly #lags = new Float64Array(edges.length);
  #times: number[] = [];
  #values: number[] = [];
  #reads = 0;

  /** Reads taken, also those without a value. */
  get reads(): number {
    return this.#reads;
  }

  /** A read at `tick`, later than all before; NaN for none: nothing is compared across it. */
  add(tick: number, value: number, loss: (earlier: number, later: number) => number): void {
    this.#reads += 1;
    if (Number.isNaN(value)) {
      this.#times = [];
      this.#values = [];
      return;
    }
    for (const [index, time] of this.#times.entries()) {
      const bin = binOf(tick - time);
      this.#losses[bin]! += loss(this.#values[index] as number, value);
      this.#weights[bin]! += 1;
      this.#lags[bin]! += tick - time;
    }
    this.#times.push(tick);
    this.#values.push(value);
    if (this.#times.length > pairsEach) {
      this.#times.shift();
      this.#values.shift();
    }
  }

  /** The newest read; undefined after one without a value. */
  get newest(): { readonly tick: number; readonly value: number } | undefined {
    const [tick, value] = [this.#times.at(-1), this.#values.at(-1)];
    return tick === undefined || value === undefined ? undefined : { tick, value };
  }

  /** What was seen so far counts for this share of what it did. */
  fade(share: number): void {
    for (const part of [this.#losses, this.#weights, this.#lags]) {
      for (let bin = 0; bin < part.length; bin += 1) part[bin]! *= share;
    }
  }

  /** From lag 0 to `longest`. Below the shortest lag that was seen it is continued as a power of the lag, above the longest it stays. `mayChange`: changes that one more look might have found. */
  fit(longest: number, mayChange = unseenChanges): FittedStructure {
    const points = this.#points();
    const loss = new Float64Array(longest + 1);
    const sums = new Float64Array(longest + 2);
    const [first] = points;
    const exponent = exponentOf(
      points,
      first === undefined ? 0 : (this.#losses[binOf(Math.round(first.lag))] as number),
    );
    const watched = Math.max(1, this.#reads * (first?.lag ?? 1));
    let next = 0;
    for (let lag = 1; lag <= longest; lag += 1) {
      while (next < points.length - 1 && (points[next + 1] as Point).lag <= lag) next += 1;
      const unseen = mayChange * (1 - Math.exp(-lag / watched));
      loss[lag] = (first === undefined ? 0 : lossAt(lag, points, next, exponent)) + unseen;
    }
    for (let lag = 0; lag <= longest; lag += 1) sums[lag + 1] = (sums[lag] as number) + (loss[lag] as number);
    return { loss, sums };
  }

  /**
   * Whether values three and more times `near` ticks apart are, as far as can be told, no more off than those about `near` apart: noise then, and waiting costs nothing. False while too little was seen.
   */
  isFlat(near: number): boolean {
    let [close, closeWeight, distant, distantWeight] = [0, 0, 0, 0];
    for (let bin = 0; bin < edges.length; bin += 1) {
      const weight = this.#weights[bin] as number;
      const lag = (this.#lags[bin] as number) / weight;
      if (lag < near * closeReach) {
        close += this.#losses[bin] as number;
        closeWeight += weight;
      } else if (lag >= near * distantFrom) {
        distant += this.#losses[bin] as number;
        distantWeight += weight;
      }
    }
    if (Math.min(closeWeight, distantWeight) < fewestPairs || close === 0) return false;
    const ratio = distant / distantWeight / (close / closeWeight);
    return ratio < flat + spreadOfLoss * Math.sqrt(1 / closeWeight + 1 / distantWeight);
  }

  #points(): Point[] {
    const points: Point[] = [];
    for (let bin = 0; bin < edges.length; bin += 1) {
      const weight = this.#weights[bin] as number;
      if (weight <= 0.5) continue;
      points.push({ lag: (this.#lags[bin] as number) / weight, loss: (this.#losses[bin] as number) / weight, weight });
    }
    return neverFalling(points);
  }
}

interface Point {
  readonly lag: number;
  readonly loss: number;
  readonly weight: number;
}

function binEdges(): number[] {
  const result: number[] = [];
  for (let lag = 1; lag < largestLag; lag = lag < finest ? lag + 1 : Math.ceil(lag * wider)) result.push(lag);
  return result;
}

function binOf(lag: number): number {
  let [low, high] = [0, edges.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] as number) <= lag) low = middle;
    else high = middle - 1;
  }
  return low;
}

function neverFalling(points: readonly Point[]): Point[] {
  const blocks: { loss: number; weight: number; count: number }[] = [];
  for (const { loss, weight } of points) {
    let block = { loss, weight, count: 1 };
    for (let last = blocks.at(-1); last !== undefined && last.loss > block.loss; last = blocks.at(-1)) {
      blocks.pop();
      const both = last.weight + block.weight;
      block = {
        loss: (last.loss * last.weight + block.loss * block.weight) / both,
        weight: both,
        count: last.count + block.count,
      };
    }
    blocks.push(block);
  }
  const losses = blocks.flatMap(({ loss, count }) => Array<number>(count).fill(loss));
  return points.map((point, index) => ({ ...point, loss: losses[index] as number }));
}

/** Slope of the logarithms over the shortest lags, drawn to the usual one while `seen`, the loss at the shortest lag, is small. */
function exponentOf(points: readonly Point[], seen: number): number {
  const [first] = points;
  if (first === undefined || !(first.loss > 0)) return usualExponent;
  let [products, squares] = [0, 0];
  for (const { lag, loss } of points.slice(1, 4)) {
    if (lag > exponentReach * first.lag) break;
    const x = Math.log(lag / first.lag);
    products += x * Math.log(loss / first.loss);
    squares += x * x;
  }
  if (squares === 0) return usualExponent;
  const sure = Math.min(1, seen / fewestForExponent);
  return Math.min(2, Math.max(0.02, usualExponent * (1 - sure) + (products / squares) * sure));
}

function lossAt(lag: number, points: readonly Point[], index: number, exponent: number): number {
  const [first, before, after] = [points[0] as Point, points[index] as Point, points[index + 1]];
  if (lag < first.lag) return first.loss * (lag / first.lag) ** exponent;
  if (after === undefined) return before.loss;
  return before.loss + ((after.loss - before.loss) * (lag - before.lag)) / (after.lag - before.lag);
}

/** At ages of a tick and more: what is shown is never younger. One tick shorter than `structure`. */
export function agedStructure({ loss, sums }: FittedStructure): FittedStructure {
  return { loss: loss.subarray(1), sums: sums.subarray(1) };
}
