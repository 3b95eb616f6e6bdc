import { profileOf, shrunkRates } from "./rate-profile.ts";

/** A quarter of a day: local days begin within three hours of where these parts do, wherever the house stands. */
export const quarterDay = 6 * 3_600_000;
const quarters = 4;
const weekdays = 7;
export const quartersOfWeek = weekdays * quarters;
/** 1970 began on a Thursday. */
const firstMonday = 4;

/**
 * Changes an hour on each day of the week, from Monday to Sunday, local to three hours. `changesInWeek` counted in quarters of days, UTC, from Thursday on.
 * `utcOffset` in hours. Undefined where nothing was watched.
 */
export function ratesByWeekday(
  {
    changesInWeek,
    firstTime,
    lastTime,
  }: {
    readonly changesInWeek: readonly number[];
    readonly firstTime: number;
    readonly lastTime: number;
  },
  utcOffset = 0,
): readonly number[] | undefined {
  const profile = profileOf(changesInWeek, firstTime, lastTime, quarterDay);
  const [changes, watched] = [Array<number>(weekdays).fill(0), Array<number>(weekdays).fill(0)];
  for (let part = 0; part < quartersOfWeek; part += 1) {
    const local = Math.floor((part + Math.round((utcOffset * quarters) / 24)) / quarters) - firstMonday;
    const weekday = (local + 2 * weekdays) % weekdays;
    changes[weekday]! += profile.changes[part] as number;
    watched[weekday]! += profile.watched[part] as number;
  }
  return shrunkRates({ changes, watched });
}
