import { profileOf, type RateProfile, shrunkRates } from "./rate-profile.ts";

export const hour = 3_600_000;
export const hoursOfDay = 24;
const day = hoursOfDay;

/** The hours of the day, UTC, of changes counted from `firstTime` to `lastTime`. */
export function hourProfile({
  changesInDay,
  firstTime,
  lastTime,
}: {
  readonly changesInDay: readonly number[];
  readonly firstTime: number;
  readonly lastTime: number;
}): RateProfile {
  return profileOf(changesInDay, firstTime, lastTime, hour);
}

/** Changes an hour in each hour of the day, in local time. `utcOffset` in hours. Undefined where nothing was watched. */
export function ratesByHour(hours: RateProfile, utcOffset = 0): readonly number[] | undefined {
  const rates = shrunkRates(hours);
  return rates?.map((_, local) => rates[modulo(local - Math.round(utcOffset), day)] as number);
}

/** A quiet time of the day, local hours: from the beginning of `from` to the beginning of `to`, over midnight where `to` is smaller. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
  /** Rate of changes within it over that of the rest. */
  readonly share: number;
}

const leastDays = 1.5;
const leastHours = 4;
const mostHours = 18;
/** Share of the rate in the rest of the day. */
const quiet = 0.05;
/** Changes there would be, were the quiet hours like the others. */
const leastExpected = 20;

/** The longest part of the day in which the value hardly ever changes; undefined when there is none, or too little was seen. */
export function quietHours({ changes, watched }: RateProfile, utcOffset = 0): QuietHours | undefined {
  const total = watched.reduce((sum, time) => sum + time, 0);
  if (total < leastDays * day * hour) return undefined;
  const all = changes.reduce((sum, count) => sum + count, 0);
  for (let length = mostHours; length >= leastHours; length -= 1) {
    for (let from = 0; from < day; from += 1) {
      let within = 0;
      let time = 0;
      for (let index = from; index < from + length; index += 1) {
        within += changes[index % day] as number;
        time += watched[index % day] as number;
      }
      const rest = (all - within) / Math.max(1, total - time);
      if (rest * time < leastExpected || within > quiet * rest * time) continue;
      const local = (index: number): number => modulo(index + Math.round(utcOffset), day);
      return { from: local(from), to: local(from + length), share: within / (rest * time) };
    }
  }
  return undefined;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
