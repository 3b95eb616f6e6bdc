/** Changes, and time watched, in each hour of the day (UTC); plain data, 24 each. */
export interface HourProfile {
  readonly changes: number[];
  /** ms */
  readonly watched: number[];
}

const hour = 3_600_000;
const day = 24;

export function noHours(): HourProfile {
  return { changes: Array<number>(day).fill(0), watched: Array<number>(day).fill(0) };
}

/** A change at `time`, ms since 1970. */
export function countChange({ changes }: HourProfile, time: number): void {
  changes[hourOf(time)]! += 1;
}

/** Nothing was missed between the two, ms since 1970. In constant time: whole days count for every hour alike. */
export function watchHours({ watched }: HourProfile, from: number, to: number): void {
  const days = Math.floor((to - from) / (day * hour));
  if (days > 0) for (let index = 0; index < day; index += 1) watched[index]! += days * hour;
  for (let at = from + days * day * hour; at < to;) {
    const next = Math.min(to, (Math.floor(at / hour) + 1) * hour);
    watched[hourOf(at)]! += next - at;
    at = next;
  }
}

function hourOf(time: number): number {
  return Math.floor(time / hour) % day;
}

/** What the whole is worth against an hour of its own, in changes. */
const prior = 10;

/**
 * Changes an hour in each hour of the day, in local time; hours of which little was seen are drawn towards the whole: a gamma prior worth ten changes (Casella, American Statistician 39, 1985).
 * `utcOffset` in hours. Undefined where nothing was watched.
 */
export function ratesByHour({ changes, watched }: HourProfile, utcOffset = 0): readonly number[] | undefined {
  const hours = watched.reduce((sum, time) => sum + time, 0) / hour;
  if (!(hours > 0)) return undefined;
  const overall = changes.reduce((sum, count) => sum + count, 0) / hours;
  if (overall === 0) return Array<number>(day).fill(0);
  return Array.from({ length: day }, (_, local) => {
    const index = (((local - Math.round(utcOffset)) % day) + day) % day;
    return ((changes[index] as number) + prior) / ((watched[index] as number) / hour + prior / overall);
  });
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
export function quietHours({ changes, watched }: HourProfile, utcOffset = 0): QuietHours | undefined {
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
      const local = (index: number): number => (((index + Math.round(utcOffset)) % day) + day) % day;
      return { from: local(from), to: local(from + length), share: within / (rest * time) };
    }
  }
  return undefined;
}
