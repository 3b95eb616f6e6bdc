import type { Stretch } from "../grid/grid.ts";
import { ScratchColumn } from "../scratch-column.ts";
import { knownMean } from "./known-mean.ts";

const scratch = new ScratchColumn();

/**
 * Autocorrelation at the lags 0 to `lags` (rows), within stretches only; unknown values are left out. All 0 beyond lag 0 when the values do not vary.
 */
export function autocorrelation(values: Float64Array, stretches: readonly Stretch[], lags: number): Float64Array {
  const centred = centre(values, scratch.take(values.length));
  const result = new Float64Array(lags + 1);
  const squares = sumOfSquares(centred);
  result[0] = 1;
  if (squares === 0) return result;
  for (let lag = 1; lag <= lags; lag += 1) result[lag] = lagged(centred, centred, stretches, lag) / squares;
  return result;
}

/** As `autocorrelation`, each lag computed when it is asked for: where few of them matter. */
export class LazyAutocorrelation {
  readonly #centred: Float64Array;
  readonly #stretches: readonly Stretch[];
  readonly #squares: number;
  /** NaN where it was not asked for yet. */
  readonly #known: Float64Array;

  constructor(values: Float64Array, stretches: readonly Stretch[], lags: number) {
    this.#centred = centre(values, new Float64Array(values.length));
    this.#stretches = stretches;
    this.#squares = sumOfSquares(this.#centred);
    this.#known = new Float64Array(lags + 1).fill(Number.NaN);
    this.#known[0] = 1;
  }

  /** Undefined of a lag that is longer than all. */
  at(lag: number): number | undefined {
    const known = this.#known[lag];
    if (known === undefined || !Number.isNaN(known)) return known;
    const found = this.#squares === 0 ? 0 : lagged(this.#centred, this.#centred, this.#stretches, lag) / this.#squares;
    this.#known[lag] = found;
    return found;
  }
}

/** Writes `values` around their mean; 0 where nothing is known. */
export function centre(values: Float64Array, into: Float64Array): Float64Array {
  const { mean } = knownMean(values);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    into[row] = Number.isNaN(value) ? 0 : value - mean;
  }
  return into;
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < values.length; row += 1) sum += (values[row] as number) ** 2;
  return sum;
}

/** Sum of a(row) · b(row + lag) within stretches, lag ≥ 0. */
export function lagged(a: Float64Array, b: Float64Array, stretches: readonly Stretch[], lag: number): number {
  let sum = 0;
  for (const { from, to } of stretches) {
    for (let row = from; row < to - lag; row += 1) sum += (a[row] as number) * (b[row + lag] as number);
  }
  return sum;
}
