import { combInterval } from "../polling/comb.ts";
import type { ReadGroup } from "./change-rate.ts";

/** Reads between changes, counted one by one where the rhythm of the changes shows them; plain data. */
export interface ReadCount {
  /** By the time between them; few. */
  readonly groups: readonly ReadGroup[];
  /** ms that they cover. */
  readonly time: number;
  /** Times between changes that came since the last were counted. */
  readonly waiting: number;
  /** The interval that showed last, ms; 0 before any did. */
  readonly interval: number;
}

export const noReads: ReadCount = { groups: [], time: 0, waiting: 0, interval: 0 };

/** Intervals within this share of each other are the same. */
const alike = 0.2;
const mostGroups = 4;

/**
 * `gaps`, ms: the newest times between changes, the newest last; counted together once all of them are new. Where their rhythm does not show, the one before still holds unless
 * some of them are shorter.
 */
export function countReads(count: ReadCount, gaps: readonly number[], most: number): ReadCount {
  const { groups, time, waiting } = count;
  if (waiting + 1 < most) return { ...count, waiting: waiting + 1 };
  const interval = combInterval(gaps) ?? (isShorterThan(gaps, count.interval) ? 0 : count.interval);
  if (interval === 0) return { ...count, waiting: 0 };
  const reads = gaps.reduce((sum, gap) => sum + Math.max(1, Math.round(gap / interval)), 0);
  return {
    groups: addGroup(groups, { seconds: interval / 1_000, reads, changes: gaps.length }),
    time: time + gaps.reduce((sum, gap) => sum + gap, 0),
    waiting: 0,
    interval,
  };
}

/** Some of the gaps are too short for reads that far apart. */
function isShorterThan(gaps: readonly number[], interval: number): boolean {
  return gaps.some((gap) => gap < interval * (1 - alike));
}

/** To the group that is alike, the mean interval of both; else of its own, and the nearest two become one when they are too many. */
export function addGroup(groups: readonly ReadGroup[], group: ReadGroup): readonly ReadGroup[] {
  const same = groups.findIndex(({ seconds }) => Math.abs(seconds / group.seconds - 1) <= alike);
  const all =
    same < 0
      ? [...groups, group].toSorted((a, b) => a.seconds - b.seconds)
      : groups.map((each, index) => (index === same ? together(each, group) : each));
  if (all.length <= mostGroups) return all;
  const distances = all.slice(1).map(({ seconds }, index) => seconds / (all[index] as ReadGroup).seconds);
  const nearest = distances.indexOf(Math.min(...distances));
  return all.flatMap((each, index) =>
    index === nearest ? [together(each, all[index + 1] as ReadGroup)] : index === nearest + 1 ? [] : [each],
  );
}

function together(a: ReadGroup, b: ReadGroup): ReadGroup {
  const reads = a.reads + b.reads;
  return { seconds: (a.seconds * a.reads + b.seconds * b.reads) / reads, reads, changes: a.changes + b.changes };
}
