/** Changes that come in bursts. */
export interface Bursts {
  /** Of the time between the first and the last change, the share that holds half of the changes. */
  readonly share: number;
  /** Standard deviation of the gaps between changes over their mean; 1 for changes at random. */
  readonly variation: number;
}

const enoughChanges = 20;
const clearlyUneven = 2.5;
const mostShare = 0.1;

/** `times` of changes, ascending; undefined when they are too few, or no more uneven than chance makes them. */
export function burstsOf(times: ArrayLike<number>): Bursts | undefined {
  const count = times.length - 1;
  if (count < enoughChanges) return undefined;
  const gaps = Float64Array.from(
    { length: count },
    (_, index) => (times[index + 1] as number) - (times[index] as number),
  );
  const span = (times[count] as number) - (times[0] as number);
  const mean = span / count;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / count;
  const variation = Math.sqrt(variance) / mean;
  gaps.sort();
  const half = gaps.subarray(0, Math.floor(count / 2)).reduce((sum, gap) => sum + gap, 0);
  const share = half / span;
  return variation >= clearlyUneven && share <= mostShare ? { share, variation } : undefined;
}
