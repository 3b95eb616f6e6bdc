import type { DotProducts } from "./dot-products.ts";
import { standardize } from "./standardize.ts";

export interface ScreenOptions {
  /** Weaker correlations are no candidates. */
  readonly weakest: number;
  /** Candidates of each row; the strongest stay. */
  readonly mostEach: number;
}

/** Rows between two breaths. */
const block = 4;

/**
 * Correlations of all pairs of rows, to 1e-5: tells `found` the candidates, each pair once, and `each` every pair. What is not known counts as the mean. Memory grows with the rows, not with the pairs.
 * Yields the share that is done.
 */
export function* screen(
  count: number,
  columnOf: (index: number) => Float64Array,
  dotProducts: DotProducts,
  { weakest, mostEach }: ScreenOptions,
  each?: (a: number, b: number, r: number) => void,
): Generator<number, ReadonlySet<number>> {
  if (count === 0) return new Set();
  dotProducts.allocate(count, columnOf(0).length);
  for (let index = 0; index < count; index += 1) {
    standardize(columnOf(index), dotProducts.row(index));
    yield (index / count) * 0.2;
  }
  const norms = Float64Array.from({ length: count }, (_, index) => squareRoot(dotProducts.row(index)));
  const strongest = Array.from({ length: count }, () => new Strongest(mostEach, weakest));
  for (let row = 0; row < count; row += block) {
    const strip = dotProducts.strip(row, row);
    for (let a = row; a < Math.min(row + block, count); a += 1)
      offerAll(a, (b) => strip.at(a - row, b), norms, strongest, each);
    yield 0.2 + (row / count) * 0.8;
  }
  const pairs = new Set<number>();
  for (const [a, { partners }] of strongest.entries()) {
    for (const b of partners) pairs.add(Math.min(a, b) * count + Math.max(a, b));
  }
  return pairs;
}

/** One row with all that come after it. A function of its own: V8 makes an object of every number in the loop of a generator. */
function offerAll(
  a: number,
  product: (b: number) => number,
  norms: Float64Array,
  strongest: readonly Strongest[],
  each?: (a: number, b: number, r: number) => void,
): void {
  const norm = norms[a] as number;
  const ofA = strongest[a] as Strongest;
  for (let b = a + 1; b < norms.length; b += 1) {
    const r = product(b) / (norm * (norms[b] as number));
    each?.(a, b, r);
    const strength = Math.abs(r);
    const ofB = strongest[b] as Strongest;
    // Asked here, for nearly all pairs are too weak. Not so for NaN either: a row that does not vary.
    if (strength >= ofA.least) ofA.take(b, strength);
    if (strength >= ofB.least) ofB.take(a, strength);
  }
}

function squareRoot(row: Int16Array): number {
  let sum = 0;
  for (const value of row) sum += value * value;
  return Math.sqrt(sum);
}

/** The few strongest partners of one row. */
class Strongest {
  readonly partners: number[] = [];
  readonly #strengths: number[] = [];
  readonly #most: number;
  /** Weaker ones are not taken. */
  least: number;

  constructor(most: number, weakest: number) {
    this.#most = most;
    this.least = weakest;
  }

  take(partner: number, strength: number): void {
    if (this.partners.length < this.#most) {
      this.partners.push(partner);
      this.#strengths.push(strength);
      // While there is room, `weakest` is the least.
      if (this.partners.length < this.#most) return;
    } else {
      const weakest = this.#strengths.indexOf(this.least);
      this.partners[weakest] = partner;
      this.#strengths[weakest] = strength;
    }
    this.least = Math.min(...this.#strengths);
  }
}
