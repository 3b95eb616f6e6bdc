import type { ChangeRate } from "#model/entity-statistics.ts";

/** Two-sided 95 %. */
const z = 1.96;
/** How well the number of reads is known: a read now and then fails without a word, or is one on demand (0.7 % of them in a real office). */
const readsKnownTo = 0.01;

/**
 * The rate of a value's changes from `polls` reads, `intervalSeconds` apart, of which `changes` found another value:
 * λ = ln((n + 0.5)/(n − X + 0.5))/T (Cho and Garcia-Molina, Estimating frequency of change, ACM TOIT 3(3), 2003). Several changes
 * between two reads are seen as one, so when every read found another value the rate is a lower bound. Limits: Wilson's interval
 * (JASA 22, 1927) for the share of reads that differ, put through the same relation; widened, for the number of reads is counted to 1 %.
 */
export function estimateChangeRate(polls: number, changes: number, intervalSeconds: number): ChangeRate | undefined {
  const n = Math.max(polls, changes);
  if (!(n >= 1) || !(intervalSeconds > 0)) return undefined;
  const perHour = (share: number): number => (Math.log(1 / (1 - share)) / intervalSeconds) * 3_600;
  const low = wilson(n * (1 + readsKnownTo), changes).low;
  const high = wilson(Math.max(changes, n * (1 - readsKnownTo)), changes).high;
  const lowerBound = changes >= n;
  return {
    perHour: (Math.log((n + 0.5) / (n - changes + 0.5)) / intervalSeconds) * 3_600,
    lowPerHour: perHour(low),
    highPerHour: lowerBound ? Number.POSITIVE_INFINITY : perHour(high),
    lowerBound,
    polls: n,
    changes,
  };
}

/** Reads that were as far apart as each other. */
export interface ReadGroup {
  /** Between two of them. */
  readonly seconds: number;
  readonly reads: number;
  /** Reads that found another value. */
  readonly changes: number;
}

/** Intervals within this share of each other are the same. */
const alike = 0.2;
/** Of twice the logarithm of a likelihood ratio: χ² with one degree of freedom, 95 % (Wilks, Annals of Mathematical Statistics 9, 1938). */
const likelihoodLimit = 3.84;
const bisections = 80;

/**
 * The rate of a value's changes from reads whose distances were not all alike: that which makes what was seen most likely, Σ X τ/(e^{λτ} − 1) = Σ (n − X) τ (Cho and Garcia-Molina 2003), with the limits at which it is
 * less likely by what 95 % allow. Where all are alike it is `estimateChangeRate`.
 */
export function estimateUnevenChangeRate(groups: readonly ReadGroup[]): ChangeRate | undefined {
  const known = groups
    .filter(({ seconds, reads }) => seconds > 0 && reads > 0)
    .map((group) => ({ ...group, changes: Math.min(group.changes, group.reads) }));
  const [first] = known;
  if (first === undefined) return undefined;
  const reads = known.reduce((sum, group) => sum + group.reads, 0);
  const changes = known.reduce((sum, group) => sum + group.changes, 0);
  const seconds = known.reduce((sum, group) => sum + group.seconds * group.reads, 0) / reads;
  if (
    known.every((group) => Math.abs(group.seconds / first.seconds - 1) <= alike) ||
    changes === 0 ||
    changes >= reads
  ) {
    return estimateChangeRate(reads, changes, seconds);
  }
  const likelihood = (rate: number): number =>
    known.reduce((sum, { seconds: gap, reads: n, changes: found }) => {
      const same = -rate * gap * (n - found);
      return sum + same + (found === 0 ? 0 : found * Math.log(-Math.expm1(-rate * gap)));
    }, 0);
  const slope = (rate: number): number =>
    known.reduce(
      (sum, { seconds: gap, reads: n, changes: found }) =>
        sum + (found * gap) / Math.expm1(rate * gap) - (n - found) * gap,
      0,
    );
  const [least, most] = [1e-12 / seconds, 100 / Math.min(...known.map((group) => group.seconds))];
  const rate = bisect(least, most, (each) => slope(each) > 0);
  const best = likelihood(rate);
  const isLikely = (each: number): boolean => 2 * (best - likelihood(each)) <= likelihoodLimit;
  return {
    perHour: rate * 3_600,
    lowPerHour: bisect(least, rate, (each) => !isLikely(each)) * 3_600,
    highPerHour: bisect(rate, most, isLikely) * 3_600,
    lowerBound: false,
    polls: reads,
    changes,
  };
}

/** The value between the two, on a scale of logarithms, up to which `isBelow` holds. */
function bisect(from: number, to: number, isBelow: (value: number) => boolean): number {
  let [low, high] = [from, to];
  for (let step = 0; step < bisections; step += 1) {
    const middle = Math.sqrt(low * high);
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

/** Limits of a share, of which `changes` out of `n` were seen. */
function wilson(n: number, changes: number): { readonly low: number; readonly high: number } {
  const share = changes / n;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { low: Math.max(0, centre - half), high: Math.min(1 - 1e-12, centre + half) };
}
