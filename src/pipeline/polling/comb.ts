import { densestRun } from "#core/densest-run.ts";

/** With fewer gaps a comb may be chance. */
const leastGaps = 12;
/** Gaps within this share of each other are taken for the same. */
const toothWidth = 0.12;
/** The first tooth holds at least this share of the gaps: registers that change rarely leave no comb. */
const leastInTooth = 0.2;
/** Further from a whole number of intervals than this, a gap is beside the comb. */
const offTooth = 0.2;
const mostOff = 0.2;
/** Beyond so many intervals every gap is near some tooth. */
const farthestTooth = 8;

/**
 * Milliseconds between reads from the times between changes of a value that is read regularly: a change is seen at a read, so the gaps
 * are whole multiples of the interval, one interval being the commonest. Undefined when the gaps are too few, or form no comb.
 */
export function combInterval(gaps: readonly number[]): number | undefined {
  if (gaps.length < leastGaps) return undefined;
  const sorted = Array.from(Float64Array.from(gaps).toSorted());
  const tooth = densestRun(sorted, toothWidth);
  if (tooth.length < gaps.length * leastInTooth) return undefined;
  const interval = tooth.reduce((sum, gap) => sum + gap, 0) / tooth.length;
  const near = sorted.filter((gap) => gap / interval < farthestTooth + 0.5);
  const beside = near.filter((gap) => {
    const intervals = gap / interval;
    return Math.abs(intervals - Math.max(1, Math.round(intervals))) > offTooth;
  });
  return beside.length > near.length * mostOff ? undefined : interval;
}
