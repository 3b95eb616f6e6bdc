import { densestRun } from "#core/densest-run.ts";
import type { ByteReader } from "../codec/byte-reader.ts";
import { corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { expectedBits, readDifferenced, writeDifferenced } from "./differences.ts";
import type { Effort } from "./effort.ts";
import { readIntegers, writeIntegers } from "./integer-column.ts";
import { trialPart } from "./trial-part.ts";

/** In place of an order of differences; on disk. See docs/format/block.md. */
const followed = 3;

/** With fewer times a rhythm is chance. */
const leastTimes = 8;
/** Gaps within this share of each other are one interval between reads. */
const toothWidth = 0.08;
/** So many gaps tell the interval as well as all of them. */
const gapsLookedAt = 256;
const largestPeriod = 2 ** 40;
/** Phases and periods are whole sixteenths of a millisecond. */
const fine = 16;
/**
 * How much of what a time is off its expectation the phase takes over: all of it, where the next read is wanted one interval after the last one
 * (Home Assistant of today), or 1/2^n of it, where reads keep to a clock and each is late for itself. On disk as n.
 */
const followShifts = [0, 1, 3] as const;
const mostShift = 8;

/**
 * Times in order, as differences, or as distances from a phase that follows them, whichever is smaller. A value changes at one of the reads: each time is
 * expected a whole number of intervals after the phase.
 */
export function writeTimes(writer: ByteWriter, times: Float64Array, effort: Effort): void {
  const rhythm = rhythmOf(times);
  if (rhythm !== undefined && rhythmPays(times, rhythm, effort)) writeRhythm(writer, rhythm, effort);
  else writeDifferenced(writer, times, effort);
}

/** Reads what `writeTimes` wrote. Throws STORE_CORRUPT. */
export function readTimes(reader: ByteReader, count: number): Float64Array {
  if (reader.peek() !== followed) return readDifferenced(reader, count);
  reader.u8();
  const shift = reader.u8();
  const first = reader.zigzag();
  const period = reader.varint();
  if (period > largestPeriod * fine || shift > mostShift) throw corrupt("times are further apart than they can be");
  const intervals = readIntegers(reader, Math.max(0, count - 1));
  const rests = readDifferenced(reader, Math.max(0, count - 1));
  const times = new Float64Array(count);
  if (count > 0) times[0] = first;
  const share = 1 / 2 ** shift;
  let phase = 0;
  for (let index = 1; index < count; index += 1) {
    phase += (intervals[index - 1] as number) * period;
    const time = Math.floor(phase / fine) + (rests[index - 1] as number);
    times[index] = first + time;
    phase += Math.floor((time * fine - phase) * share);
  }
  return times;
}

/** Times as whole numbers of periods since the phase, and what each is then off, in milliseconds. */
interface Rhythm {
  readonly first: number;
  readonly period: number;
  readonly shift: number;
  readonly intervals: Float64Array;
  readonly rests: Float64Array;
}

/** Undefined when the gaps have nothing in common. */
function rhythmOf(times: Float64Array): Rhythm | undefined {
  if (times.length < leastTimes) return undefined;
  const period = commonGap(times);
  if (period === undefined) return undefined;
  const part = trialPart(times);
  const costs = followShifts.map((shift) => {
    const { rests, intervals } = follow(part, period, shift);
    return expectedBits(rests) + expectedBits(intervals);
  });
  return follow(times, period, followShifts[costs.indexOf(Math.min(...costs))] ?? 0);
}

function follow(times: Float64Array, period: number, shift: number): Rhythm {
  const first = times[0] as number;
  const intervals = new Float64Array(times.length - 1);
  const rests = new Float64Array(times.length - 1);
  const share = 1 / 2 ** shift;
  let phase = 0;
  for (let index = 1; index < times.length; index += 1) {
    const time = (times[index] as number) - first;
    const whole = Math.max(0, Math.round((time * fine - phase) / period));
    phase += whole * period;
    intervals[index - 1] = whole;
    rests[index - 1] = time - Math.floor(phase / fine);
    phase += Math.floor((time * fine - phase) * share);
  }
  return { first, period, shift, intervals, rests };
}

function rhythmPays(times: Float64Array, rhythm: Rhythm, effort: Effort): boolean {
  if (effort === "quick" && rhythm.shift > 0) return true;
  const rhythmical = new ByteWriter();
  writeRhythm(
    rhythmical,
    { ...rhythm, intervals: trialPart(rhythm.intervals), rests: trialPart(rhythm.rests) },
    effort,
  );
  const differenced = new ByteWriter();
  writeDifferenced(differenced, trialPart(times), effort);
  return rhythmical.length < differenced.length;
}

function writeRhythm(writer: ByteWriter, { first, period, shift, intervals, rests }: Rhythm, effort: Effort): void {
  writer.u8(followed).u8(shift).zigzag(first).varint(period);
  writeIntegers(writer, intervals, effort);
  writeDifferenced(writer, rests, effort);
}

/** The median of the gaps that most others are like, in sixteenths of a millisecond; undefined when there is none above zero. */
function commonGap(times: Float64Array): number | undefined {
  const step = Math.ceil((times.length - 1) / gapsLookedAt);
  const gaps: number[] = [];
  for (let index = step; index < times.length; index += step) {
    const gap = (times[index] as number) - (times[index - 1] as number);
    if (gap > 0 && gap <= largestPeriod) gaps.push(gap);
  }
  const run = densestRun(
    gaps.toSorted((a, b) => a - b),
    toothWidth,
  );
  const median = run[Math.floor(run.length / 2)];
  return median === undefined ? undefined : median * fine;
}
