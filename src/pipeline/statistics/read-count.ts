import { combInterval } from "../polling/comb.ts";

/** Reads between changes, counted one by one where the rhythm of the changes shows them; plain data. */
export interface ReadCount {
  readonly reads: number;
  /** ms that they cover. */
  readonly time: number;
  /** Times between changes that came since the last were counted. */
  readonly waiting: number;
}

export const noReads: ReadCount = { reads: 0, time: 0, waiting: 0 };

/** `gaps`, ms: the newest times between changes, the newest last; counted together once all of them are new. */
export function countReads({ reads, time, waiting }: ReadCount, gaps: readonly number[], most: number): ReadCount {
  if (waiting + 1 < most) return { reads, time, waiting: waiting + 1 };
  const interval = combInterval(gaps);
  if (interval === undefined) return { reads, time, waiting: 0 };
  return {
    reads: reads + gaps.reduce((sum, gap) => sum + Math.max(1, Math.round(gap / interval)), 0),
    time: time + gaps.reduce((sum, gap) => sum + gap, 0),
    waiting: 0,
  };
}
