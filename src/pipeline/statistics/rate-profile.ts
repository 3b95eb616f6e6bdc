/** Changes, and time watched, in each part of a day or a week (UTC); as many of each as there are parts. */
export interface RateProfile {
  readonly changes: readonly number[];
  /** ms */
  readonly watched: readonly number[];
}

/** A change at `time`, ms since 1970; `length` of a part in ms. */
export function countChange(changes: number[], time: number, length: number): void {
  changes[Math.floor(time / length) % changes.length]! += 1;
}

/** What changed between the two times, ms since 1970, with how long each part was watched. In constant time: whole rounds count for every part alike. */
export function profileOf(changes: readonly number[], from: number, to: number, length: number): RateProfile {
  const parts = changes.length;
  const rounds = Math.max(0, Math.floor((to - from) / (parts * length)));
  const watched = Array<number>(parts).fill(rounds * length);
  for (let at = from + rounds * parts * length; at < to;) {
    const part = Math.floor(at / length);
    const next = Math.min(to, (part + 1) * length);
    watched[part % parts]! += next - at;
    at = next;
  }
  return { changes, watched };
}

/** What the whole is worth against a part of its own, in changes. */
const prior = 10;
const hour = 3_600_000;

/**
 * Changes an hour in each part; parts of which little was seen are drawn towards the whole: a gamma prior worth ten changes (Casella, American Statistician 39, 1985).
 * Undefined where nothing was watched.
 */
export function shrunkRates({ changes, watched }: RateProfile): readonly number[] | undefined {
  const hours = watched.reduce((sum, time) => sum + time, 0) / hour;
  if (!(hours > 0)) return undefined;
  const overall = changes.reduce((sum, count) => sum + count, 0) / hours;
  return changes.map((count, index) =>
    overall === 0 ? 0 : (count + prior) / ((watched[index] as number) / hour + prior / overall),
  );
}
