import { ByteReader } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { KeySpace, orderedU32, orderedU64, readOrderedU64 } from "../keys.ts";
import type { Effort } from "./effort.ts";
import type { RollUpStep } from "./roll-up.ts";
import type { SeriesSlice } from "./series-slice.ts";
import { readText, writeText } from "../codec/any-text.ts";

/**
 * What is known of a block without reading it. It is the block's **key**: all keys are in memory after opening, so long ranges
 * are answered from summaries without touching the disk. Times in ms, values as numbers, integral in value · ms with each value
 * held until the next sample of the block.
 */
export interface BlockSummary {
  readonly seriesId: number;
  readonly first: number;
  readonly last: number;
  /** Tells blocks of one series and first time apart. */
  readonly blockId: number;
  readonly count: number;
  readonly numbers: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly sum: number;
  readonly integral: number;
  readonly effort: Effort;
  /** Which roll-ups of it are kept. */
  readonly rollUps: readonly RollUpStep[];
  /** Absent when longer than fits a key: then it is read from the block. */
  readonly lastState?: string;
}

const longestStateInKey = 255;
/** Times before 1970 are shifted into the positive numbers, so that byte order is time order. */
const timeShift = 2 ** 50;

/** Bits of the key's flags; on disk. */
const flags = { lastState: 1, dense: 2, fiveMinutes: 4, hour: 8 } as const;

export function summarizeBlock(
  seriesId: number,
  blockId: number,
  { times, states }: SeriesSlice,
  effort: Effort,
): BlockSummary {
  let numbers = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let integral = 0;
  for (let index = 0; index < states.length; index += 1) {
    const value = states.numberAt(index);
    if (Number.isNaN(value)) continue;
    numbers += 1;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
    sum += value;
    const time = times[index] as number;
    integral += value * ((times[index + 1] ?? time) - time);
  }
  const lastState = states.at(states.length - 1);
  return {
    seriesId,
    first: times[0] as number,
    last: times[times.length - 1] as number,
    blockId,
    count: states.length,
    numbers,
    minimum: numbers === 0 ? 0 : minimum,
    maximum: numbers === 0 ? 0 : maximum,
    sum,
    integral,
    effort,
    rollUps: rollUpsIn(0),
    ...(lastState.length <= longestStateInKey ? { lastState } : {}),
  };
}

/** See docs/format/keys.md. */
export function blockKey(summary: BlockSummary): Uint8Array {
  const writer = new ByteWriter(96);
  writer
    .u8(KeySpace.block)
    .raw(orderedU32(summary.seriesId))
    .raw(orderedU64(summary.first + timeShift));
  writer
    .varint(summary.blockId)
    .varint(summary.last - summary.first)
    .varint(summary.count)
    .varint(summary.numbers);
  writer.f64(summary.minimum).f64(summary.maximum).f64(summary.sum).f64(summary.integral);
  let flagged = summary.effort === "dense" ? flags.dense : 0;
  if (summary.lastState !== undefined) flagged |= flags.lastState;
  for (const step of summary.rollUps) flagged |= flags[step];
  writer.u8(flagged);
  if (summary.lastState !== undefined) writeText(writer, summary.lastState);
  return writer.finish();
}

/** The same, of a block whose samples retention has removed. */
export function expiredKey(summary: BlockSummary): Uint8Array {
  const key = blockKey(summary).slice();
  key[0] = KeySpace.expired;
  return key;
}

/** Throws STORE_CORRUPT. */
export function parseBlockKey(key: Uint8Array): BlockSummary {
  const seriesId = new DataView(key.buffer, key.byteOffset).getUint32(1);
  const first = readOrderedU64(key, 5) - timeShift;
  const reader = new ByteReader(key, 13);
  const blockId = reader.varint();
  const last = first + reader.varint();
  const count = reader.varint();
  const numbers = reader.varint();
  const [minimum, maximum, sum, integral] = [reader.f64(), reader.f64(), reader.f64(), reader.f64()] as const;
  const flagged = reader.u8();
  const lastState = (flagged & flags.lastState) === 0 ? undefined : readText(reader);
  return {
    seriesId,
    first,
    last,
    blockId,
    count,
    numbers,
    minimum,
    maximum,
    sum,
    integral,
    effort: (flagged & flags.dense) === 0 ? "quick" : "dense",
    rollUps: rollUpsIn(flagged),
    ...(lastState === undefined ? {} : { lastState }),
  };
}

/** The same few lists for all blocks: a large store has tens of thousands. */
const rollUpLists = new Map<number, readonly RollUpStep[]>();

function rollUpsIn(flagged: number): readonly RollUpStep[] {
  const kept = flagged & (flags.fiveMinutes | flags.hour);
  const known = rollUpLists.get(kept);
  if (known !== undefined) return known;
  const list = (["fiveMinutes", "hour"] as const).filter((step) => (kept & flags[step]) !== 0);
  rollUpLists.set(kept, list);
  return list;
}
