import { ByteReader, corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { formatDecimal, mostDecimals, parseDecimal } from "./decimal.ts";
import { readDifferenced, writeDifferenced } from "./differences.ts";
import { readIntegers, writeIntegers } from "./integer-column.ts";
import { readText, writeText } from "../codec/any-text.ts";
import { readTimes, writeTimes } from "./times.ts";

/** Samples of one series in time order. Times are whole milliseconds; equal times keep their order. */
export interface SeriesSlice {
  readonly times: Float64Array;
  readonly states: readonly string[];
}

const blockVersion = 1;
/** More samples are never in one block; bounds what a damaged length can make us allocate. */
export const longestBlock = 1 << 17;

/** See docs/format/block.md. Lossless for every time below 2^50 and every text. */
export function encodeBlock({ times, states }: SeriesSlice): Uint8Array {
  const writer = new ByteWriter(states.length * 2 + 64);
  writer.u8(blockVersion).varint(states.length);
  writeTimes(writer, times);
  writeStates(writer, states);
  return writer.finish();
}

/** Throws STORE_CORRUPT. */
export function decodeBlock(bytes: Uint8Array): SeriesSlice {
  const reader = new ByteReader(bytes);
  if (reader.u8() !== blockVersion) throw corrupt("a block has an unknown version");
  const count = reader.varint();
  if (count > longestBlock) throw corrupt("a block declares more samples than any can hold");
  const times = readTimes(reader, count);
  const states = readStates(reader, count);
  return { times, states };
}

/**
 * Numbers as whole numbers at the largest decimals of the block, the decimals of each beside them where they vary; everything
 * else by a dictionary. `codes`: 0 = a number, n = text n of the dictionary.
 */
function writeStates(writer: ByteWriter, states: readonly string[]): void {
  const texts = new Map<string, number>();
  const codes = new Float64Array(states.length);
  const mantissas: number[] = [];
  const decimals: number[] = [];
  for (const [index, state] of states.entries()) {
    const decimal = parseDecimal(state);
    if (decimal === undefined) {
      codes[index] = texts.get(state) ?? texts.size + 1;
      texts.set(state, codes[index]);
    } else {
      mantissas.push(decimal.mantissa);
      decimals.push(decimal.decimals);
    }
  }
  const scale = commonScale(mantissas, decimals);
  writer.varint(texts.size);
  for (const text of texts.keys()) writeText(writer, text);
  writeIntegers(writer, codes);
  writer.u8(scale ?? 0xff);
  writeIntegers(writer, decimals);
  const scaled = mantissas.map((mantissa, index) =>
    scale === undefined ? mantissa : mantissa * 10 ** (scale - (decimals[index] as number)),
  );
  writeDifferenced(writer, Float64Array.from(scaled));
}

function readStates(reader: ByteReader, count: number): string[] {
  const texts = Array.from({ length: reader.count() }, () => readText(reader));
  const codes = readIntegers(reader, count);
  let numbers = 0;
  for (const code of codes) if (code === 0) numbers += 1;
  const scale = reader.u8();
  const decimals = readIntegers(reader, numbers);
  const scaled = readDifferenced(reader, numbers);
  const states: string[] = [];
  let next = 0;
  for (const code of codes) {
    if (code !== 0) {
      const text = texts[code - 1];
      if (text === undefined) throw corrupt("a block names a text it does not have");
      states.push(text);
      continue;
    }
    const places = decimals[next] as number;
    if (places < 0 || places > mostDecimals || (scale !== 0xff && places > scale))
      throw corrupt("a number has impossible decimals");
    const value = scaled[next] as number;
    states.push(formatDecimal(scale === 0xff ? value : Math.round(value / 10 ** (scale - places)), places));
    next += 1;
  }
  return states;
}

/** The largest decimals, when every number is exact at it; else undefined, and each number keeps its own scale. */
function commonScale(mantissas: readonly number[], decimals: readonly number[]): number | undefined {
  const scale = decimals.reduce((largest, places) => Math.max(largest, places), 0);
  const exact = mantissas.every(
    (mantissa, index) => Math.abs(mantissa) * 10 ** (scale - (decimals[index] as number)) < 2 ** 49,
  );
  return exact ? scale : undefined;
}
