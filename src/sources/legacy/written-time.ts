import type { WrittenTime } from "#model/legacy.ts";

/** Whose clock a text without a zone is of. */
export type Clockwork = "utc" | "local";

const pattern = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?$/;
const day = 86_400_000;

/** True for an IANA time zone this machine knows. */
export function isTimeZone(zone: string): boolean {
  try {
    return zone !== "" && Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}

/** The zone of this machine; undefined where it is UTC: the clock of a container says nothing about the house. */
export function machineZone(): string | undefined {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return /^(Etc\/)?(UTC|UCT|GMT|Universal|Zulu)$/.test(timeZone) ? undefined : timeZone;
}

/**
 * An ISO text, with or without a zone, as Python's `isoformat` and `strftime` write it. Without one it is UTC or the local time of `zone`; a local time that
 * was skipped or came twice, or of which no zone is known, stays undecided.
 */
export function writtenTime(text: string, clockwork: Clockwork, zone?: string): WrittenTime {
  const match = pattern.exec(text.trim());
  if (match === null) return { text };
  const [, year, month, dayOfMonth, hour, minute, second = "0", fraction = "", offset] = match;
  const wall = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(dayOfMonth),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, "0").slice(0, 3)),
  );
  if (!isCalendarDate(wall, Number(month), Number(dayOfMonth))) return { text };
  const time = offset === undefined ? timeOf(wall, clockwork, zone) : wall - offsetOf(offset);
  return time === undefined ? { text } : { text, time };
}

/** The 31st of a shorter month, or the 25th hour, is no time. */
function isCalendarDate(wall: number, month: number, dayOfMonth: number): boolean {
  const date = new Date(wall);
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === dayOfMonth;
}

function offsetOf(text: string): number {
  if (text === "Z") return 0;
  const [hours, minutes] = [text.slice(1, 3), text.slice(-2)].map(Number) as [number, number];
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function timeOf(wall: number, clockwork: Clockwork, zone: string | undefined): number | undefined {
  if (clockwork === "utc") return wall;
  if (zone === undefined) return undefined;
  const wallAt = wallClockOf(zone);
  // Offsets are within a day; what they are around that time are all that come into question.
  const offsets = new Set([wall - day, wall, wall + day].map((at) => wallAt(at) - at));
  const times = [...offsets].map((offset) => wall - offset).filter((time) => wallAt(time) === wall);
  return times.length === 1 ? times[0] : undefined;
}

const formats = new Map<string, (time: number) => number>();

/** What the clocks of a zone show at a time, as if it were UTC. */
function wallClockOf(zone: string): (time: number) => number {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
  });
  const wallAt = (time: number): number => {
    // Zones differ from UTC by whole seconds, those of today by whole quarters of an hour; fractions stay.
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day: dayOfMonth = 1, hour = 0, minute = 0, second = 0 } = parts;
    const fraction = ((time % 1_000) + 1_000) % 1_000;
    return Date.UTC(year, month - 1, dayOfMonth, hour, minute, second) + fraction;
  };
  formats.set(zone, wallAt);
  return wallAt;
}

/** Unix seconds with a fraction, as ms; undefined when it is no time between 1990 and 2200. */
export function unixTime(seconds: unknown): number | undefined {
  if (typeof seconds !== "number" || !(seconds > 631_152_000 && seconds < 7_258_118_400)) return undefined;
  return Math.round(seconds * 1_000);
}
