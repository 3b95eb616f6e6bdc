import { densestRun } from "#core/densest-run.ts";
import { ByteReader, corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { readDifferenced, writeDifferenced } from "./differences.ts";
import { readIntegers, writeIntegers } from "./integer-column.ts";

/** In place of an order of differences; on disk. See docs/format/block.md. */
const chained = 3;

/** With fewer times a chain is chance. */
const leastTimes = 8;
/** Gaps within this share of each other are one interval between reads. */
const toothWidth = 0.08;
/** So many gaps tell the interval as well as all of them. */
const gapsLookedAt = 2_048;
const largestPeriod = 2 ** 40;

/**
 * Times in order, as differences or as chained gaps, whichever is smaller. A value changes at one of the reads, and the next read is wanted one
 * interval after the last: each gap is a whole number of intervals and a small rest.
 */
export function writeTimes(writer: ByteWriter, times: Float64Array): void {
  const differenced = new ByteWriter(times.length * 2 + 16);
  writeDifferenced(differenced, times);
  const chain = chainedGaps(times);
  writer.raw((chain !== undefined && chain.length < differenced.length ? chain : differenced).finish());
}

/** Reads what `writeTimes` wrote. Throws STORE_CORRUPT. */
export function readTimes(reader: ByteReader, count: number): Float64Array {
  if (reader.peek() !== chained) return readDifferenced(reader, count);
  reader.u8();
  const first = reader.zigzag();
  const period = reader.varint();
  if (period > largestPeriod) throw corrupt("times are further apart than they can be");
  const intervals = readIntegers(reader, Math.max(0, count - 1));
  const rests = readIntegers(reader, Math.max(0, count - 1));
  const times = new Float64Array(count);
  if (count > 0) times[0] = first;
  for (let index = 1; index < count; index += 1) {
    times[index] =
      (times[index - 1] as number) + (intervals[index - 1] as number) * period + (rests[index - 1] as number);
  }
  return times;
}

function chainedGaps(times: Float64Array): ByteWriter | undefined {
  if (times.length < leastTimes) return undefined;
  const gaps = new Float64Array(times.length - 1);
  for (let index = 0; index < gaps.length; index += 1)
    gaps[index] = (times[index + 1] as number) - (times[index] as number);
  const period = commonGap(gaps);
  if (period === undefined) return undefined;
  const intervals = gaps.map((gap) => Math.round(gap / period));
  const rests = gaps.map((gap, index) => gap - (intervals[index] as number) * period);
  const writer = new ByteWriter(times.length * 2 + 16)
    .u8(chained)
    .zigzag(times[0] as number)
    .varint(period);
  writeIntegers(writer, intervals);
  writeIntegers(writer, rests);
  return writer;
}

/** The gap that most others are like; undefined when there is none above zero. */
function commonGap(gaps: Float64Array): number | undefined {
  const step = Math.ceil(gaps.length / gapsLookedAt);
  const sorted = [...gaps.filter((gap, index) => gap > 0 && gap <= largestPeriod && index % step === 0)].toSorted(
    (a, b) => a - b,
  );
  const run = densestRun(sorted, toothWidth);
  return run[Math.floor(run.length / 2)];
}
