import type { ChangeRate } from "#model/entity-statistics.ts";

/** Two-sided 95 %. */
const z = 1.96;

/**
 * The rate of a value's changes from `polls` reads, `intervalSeconds` apart, of which `changes` found another value:
 * λ = ln((n + 0.5)/(n − X + 0.5))/T (Cho and Garcia-Molina, Estimating frequency of change, ACM TOIT 3(3), 2003). Several changes
 * between two reads are seen as one, so when every read found another value the rate is a lower bound. Limits: Wilson's interval
 * (JASA 22, 1927) for the share of reads that differ, put through the same relation.
 */
export function estimateChangeRate(polls: number, changes: number, intervalSeconds: number): ChangeRate | undefined {
  const n = Math.max(polls, changes);
  if (!(n >= 1) || !(intervalSeconds > 0)) return undefined;
  const perHour = (share: number): number => (Math.log(1 / (1 - share)) / intervalSeconds) * 3_600;
  const share = changes / n;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  const lowerBound = changes >= n;
  return {
    perHour: (Math.log((n + 0.5) / (n - changes + 0.5)) / intervalSeconds) * 3_600,
    lowPerHour: perHour(Math.max(0, centre - half)),
    highPerHour: lowerBound ? Number.POSITIVE_INFINITY : perHour(Math.min(1 - 1e-12, centre + half)),
    lowerBound,
    polls: n,
    changes,
  };
}
