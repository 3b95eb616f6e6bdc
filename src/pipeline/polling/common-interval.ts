import { densestRun } from "#core/densest-run.ts";

/** Intervals within this share of each other are the same. */
const alike = 0.05;
const leastAlike = 2;

/** The interval that most of a bus's entities have, in seconds: a fair guess for one whose own reads do not show. Undefined when they differ. */
export function commonInterval(seconds: readonly number[]): number | undefined {
  const run = densestRun(
    seconds.toSorted((a, b) => a - b),
    alike,
  );
  if (run.length < leastAlike || run.length * 2 < seconds.length) return undefined;
  return run.reduce((sum, each) => sum + each, 0) / run.length;
}
