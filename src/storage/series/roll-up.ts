import { corrupt, ByteReader } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { powerOfTen } from "./decimal.ts";
import { readDifferenced, writeDifferenced } from "./differences.ts";
import { longestBlock } from "./block.ts";
import type { SeriesSlice } from "./series-slice.ts";
import { isText } from "./states.ts";

/** Lengths of the buckets that are kept, in milliseconds. */
export const rollUpSteps = { fiveMinutes: 300_000, hour: 3_600_000 } as const;
export type RollUpStep = keyof typeof rollUpSteps;

/**
 * The numbers of one stretch of time, buckets begin at whole multiples of their length since 1970. Sum of the values of samples; integral in value · ms, each
 * value held until the next sample, over the part of the bucket that lies between the first and the last sample of what was rolled up. All but the times are
 * whole numbers in units of 10^−scale.
 */
export interface Bucket {
  /** Start over length: which bucket it is. */
  readonly number: number;
  readonly count: number;
  /** Samples among them that are numbers; the figures below are of those, and 0 when there is none. */
  readonly numbers: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly sum: number;
  readonly integral: number;
  /** How long a number was held, in milliseconds. */
  readonly covered: number;
}

export interface RollUp {
  readonly step: number;
  readonly scale: number;
  readonly buckets: readonly Bucket[];
}

type Mutable = { -readonly [Key in keyof Bucket]: Bucket[Key] };
const columns = ["number", "count", "numbers", "minimum", "maximum", "sum", "integral", "covered"] as const;

const version = 1;
/** Sums stay exact below this. */
const largestExact = 2 ** 51;
/** A value that is held longer goes on in no bucket: the end of what was rolled up is not known to be that far. */
const mostBuckets = longestBlock;

/** Undefined when the numbers have no common scale at which all sums are exact: then the samples themselves are read. */
export function rollUp({ times, states }: SeriesSlice, step: number): RollUp | undefined {
  let scale = 0;
  for (const decimals of states.decimals) if (decimals !== isText) scale = Math.max(scale, decimals);
  const buckets = new Map<number, Mutable>();
  for (let index = 0; index < times.length; index += 1) {
    const decimals = states.decimals[index] as number;
    const time = times[index] as number;
    const bucket = bucketAt(buckets, Math.floor(time / step));
    bucket.count += 1;
    if (decimals === isText) continue;
    const value = (states.values[index] as number) * (powerOfTen[scale - decimals] as number);
    bucket.minimum = bucket.numbers === 0 ? value : Math.min(bucket.minimum, value);
    bucket.maximum = bucket.numbers === 0 ? value : Math.max(bucket.maximum, value);
    bucket.sum += value;
    bucket.numbers += 1;
    if (!hold(buckets, value, time, times[index + 1] ?? time, step)) return undefined;
    if (Math.abs(bucket.sum) >= largestExact) return undefined;
  }
  const list = [...buckets.values()].toSorted((a, b) => a.number - b.number);
  return list.every(({ integral }) => Math.abs(integral) < largestExact) ? { step, scale, buckets: list } : undefined;
}

/** A value counts from `from` to before `to`, in every bucket it touches. False when those are too many. */
export function hold(buckets: Map<number, Mutable>, value: number, from: number, to: number, step: number): boolean {
  if (Math.floor(to / step) - Math.floor(from / step) > mostBuckets) return false;
  for (let time = from; time < to;) {
    const number = Math.floor(time / step);
    const end = Math.min(to, (number + 1) * step);
    const bucket = bucketAt(buckets, number);
    bucket.integral += value * (end - time);
    bucket.covered += end - time;
    time = end;
  }
  return true;
}

export function bucketAt(buckets: Map<number, Mutable>, number: number): Mutable {
  const known = buckets.get(number);
  if (known !== undefined) return known;
  const made = { number, count: 0, numbers: 0, minimum: 0, maximum: 0, sum: 0, integral: 0, covered: 0 };
  buckets.set(number, made);
  return made;
}

/** See docs/format/roll-up.md. */
export function encodeRollUp({ step, scale, buckets }: RollUp): Uint8Array {
  const writer = new ByteWriter(buckets.length * 8 + 32);
  writer.u8(version).varint(step).u8(scale).varint(buckets.length);
  for (const column of columns) {
    writeDifferenced(
      writer,
      Float64Array.from(buckets, (bucket) => bucket[column]),
      "dense",
    );
  }
  return writer.finish();
}

/** Throws STORE_CORRUPT. */
export function decodeRollUp(bytes: Uint8Array): RollUp {
  const reader = new ByteReader(bytes);
  if (reader.u8() !== version) throw corrupt("a roll-up has an unknown version");
  const step = reader.varint();
  const scale = reader.u8();
  const count = reader.varint();
  if (count > mostBuckets * 2 || step === 0) throw corrupt("a roll-up declares more buckets than any can hold");
  const read = columns.map(() => readDifferenced(reader, count));
  const buckets = Array.from(
    { length: count },
    (_, index) =>
      Object.fromEntries(columns.map((column, at) => [column, read[at]?.[index] ?? 0])) as unknown as Bucket,
  );
  return { step, scale, buckets };
}
