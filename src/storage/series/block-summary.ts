import { fromLatin1, latin1 } from "../chunk/batch-frame.ts";
import { ByteReader } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { KeySpace, orderedU32, orderedU64, readOrderedU64 } from "../keys.ts";
import type { Effort } from "./effort.ts";
import type { RollUpStep } from "./roll-up.ts";
import type { SeriesSlice } from "./series-slice.ts";
import { readText, writeText } from "../codec/any-text.ts";

/**
 * What is known of a block without reading it. It is the block's **key**: all keys are in memory after opening, so where
 * blocks lie, how many samples they hold and what came last is known without touching the disk. Times in ms.
 */
export interface BlockSummary {
  readonly seriesId: number;
  readonly first: number;
  readonly last: number;
  /** Tells blocks of one series and first time apart. */
  readonly blockId: number;
  readonly count: number;
  readonly effort: Effort;
  /** Which roll-ups of it are kept. */
  readonly rollUps: readonly RollUpStep[];
  /** The rest of the key, latin1: see `figuresOf`. As one text, because a large store has tens of thousands, and each number would be an object of its own. */
  readonly rest: string;
}

/** Values as numbers, integral in value · ms with each value held until the next sample of the block. All 0 of a block without numbers. */
export interface BlockFigures {
  readonly numbers: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly sum: number;
  readonly integral: number;
  /** Absent when longer than fits a key: then it is read from the block. */
  readonly lastState?: string;
}

const longestStateInKey = 255;
/** Times before 1970 are shifted into the positive numbers, so that byte order is time order. */
const timeShift = 2 ** 50;

/** Bits of the key's flags; on disk. */
const flags = { lastState: 1, dense: 2, fiveMinutes: 4, hour: 8 } as const;

export function summarizeBlock(
  { seriesId, blockId, effort, rollUps }: Pick<BlockSummary, "seriesId" | "blockId" | "effort" | "rollUps">,
  { times, states }: SeriesSlice,
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
  const fits = lastState.length <= longestStateInKey;
  let flagged = effort === "dense" ? flags.dense : 0;
  if (fits) flagged |= flags.lastState;
  for (const step of rollUps) flagged |= flags[step];
  const writer = new ByteWriter(64);
  writer.varint(numbers);
  writer
    .f64(numbers === 0 ? 0 : minimum)
    .f64(numbers === 0 ? 0 : maximum)
    .f64(sum)
    .f64(integral)
    .u8(flagged);
  if (fits) writeText(writer, lastState);
  return {
    seriesId,
    first: times[0] as number,
    last: times[times.length - 1] as number,
    blockId,
    count: states.length,
    effort,
    rollUps: rollUpsIn(flagged),
    rest: latin1(writer.finish()),
  };
}

export function figuresOf({ rest }: BlockSummary): BlockFigures {
  const { flagged: _, ...figures } = readRest(new ByteReader(fromLatin1(rest)));
  return figures;
}

/** See docs/format/keys.md. */
export function blockKey({ seriesId, first, last, blockId, count, rest }: BlockSummary): Uint8Array {
  const writer = new ByteWriter(96);
  writer
    .u8(KeySpace.block)
    .raw(orderedU32(seriesId))
    .raw(orderedU64(first + timeShift));
  writer
    .varint(blockId)
    .varint(last - first)
    .varint(count)
    .raw(fromLatin1(rest));
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
  const rest = latin1(key.subarray(reader.offset));
  const { flagged } = readRest(reader);
  return {
    seriesId,
    first,
    last,
    blockId,
    count,
    effort: (flagged & flags.dense) === 0 ? "quick" : "dense",
    rollUps: rollUpsIn(flagged),
    rest,
  };
}

function readRest(reader: ByteReader): BlockFigures & { readonly flagged: number } {
  const numbers = reader.varint();
  const [minimum, maximum, sum, integral] = [reader.f64(), reader.f64(), reader.f64(), reader.f64()] as const;
  const flagged = reader.u8();
  const lastState = (flagged & flags.lastState) === 0 ? undefined : readText(reader);
  return { numbers, minimum, maximum, sum, integral, flagged, ...(lastState === undefined ? {} : { lastState }) };
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
