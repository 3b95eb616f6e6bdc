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

/** Limits of a share, of which `changes` out of `n` were seen. */
function wilson(n: number, changes: number): { readonly low: number; readonly high: number } {
  const share = changes / n;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { low: Math.max(0, centre - half), high: Math.min(1 - 1e-12, centre + half) };
}
