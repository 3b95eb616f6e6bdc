/** Intervals people use, in seconds. */
export const ladder: readonly number[] = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600];

/** The largest step of the ladder that is not above `seconds`; at least the first. */
export function stepDown(seconds: number): number {
  return ladder.findLast((step) => step <= seconds * 1.0001) ?? (ladder[0] as number);
}

/** The smallest step of the ladder that is not below `seconds`; at most the last. */
export function stepUp(seconds: number): number {
  return ladder.find((step) => step >= seconds * 0.9999) ?? (ladder.at(-1) as number);
}

/** The step nearest to a measured interval: 2.04 s was asked for as 2 s. */
export function nearestStep(seconds: number): number {
  const [lower, upper] = [ladder.findLast((step) => step <= seconds), ladder.find((step) => step >= seconds)];
  if (lower === undefined || upper === undefined) return lower ?? upper ?? (ladder[0] as number);
  // By ratios: between two steps the geometric mean is as far from either.
  return seconds * seconds > lower * upper ? upper : lower;
}
