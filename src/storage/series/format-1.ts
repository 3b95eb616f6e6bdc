/**
 * Reads blocks and log entries of store format 1: columns without units, lists, digits and models, and states as texts. Nothing is written in it any more; what was
 * is kept as it is until it is joined into a dense block. The bytes are described in docs/format/format-1.md.
 */
import { zstdDecompressSync } from "node:zlib";
import { ByteReader, corrupt } from "../codec/byte-reader.ts";
import { readText } from "../codec/any-text.ts";
import { unzigzag } from "../codec/zigzag.ts";
import { formatDecimal, mostDecimals } from "./decimal.ts";
import type { GroupedSamples } from "./grouped-samples.ts";
import type { SeriesSlice } from "./series-slice.ts";
import { StateList } from "./states.ts";

const longestColumn = 1 << 20;
const ownScale = 0xff;
const chained = 3;

/** What stands behind version and number of samples of a block. Throws STORE_CORRUPT. */
export function readBlock1(reader: ByteReader, count: number): SeriesSlice {
  const times = readTimes(reader, count);
  const texts = Array.from({ length: reader.count() }, () => readText(reader));
  const codes = readIntegers(reader, count);
  const numbers = codes.reduce((sum, code) => sum + (code === 0 ? 1 : 0), 0);
  const scale = reader.u8();
  const decimals = readIntegers(reader, numbers);
  const scaled = readDifferenced(reader, numbers);
  const states = new StateList(count);
  let next = 0;
  for (const code of codes) {
    if (code !== 0) {
      const text = texts[code - 1];
      if (text === undefined) throw corrupt("a block names a text it does not have");
      states.push(text);
      continue;
    }
    const places = decimals[next] as number;
    if (!(places >= 0 && places <= Math.min(scale, mostDecimals))) throw corrupt("a number has impossible decimals");
    const value = scaled[next] as number;
    states.push(formatDecimal(scale === ownScale ? value : Math.round(value / 10 ** (scale - places)), places));
    next += 1;
  }
  return { times, states: states.view() };
}

/** Throws STORE_CORRUPT. */
export function decodeLogEntry1(bytes: Uint8Array): GroupedSamples {
  const reader = new ByteReader(bytes);
  const groups: { seriesId: number; begin: number; end: number }[] = [];
  const times: number[] = [];
  const states = new StateList();
  let before = 0;
  for (let left = reader.count(2); left > 0; left -= 1) {
    const seriesId = reader.varint();
    const begin = times.length;
    for (let count = reader.count(2); count > 0; count -= 1) {
      before += reader.zigzag();
      times.push(before);
      states.push(readText(reader));
    }
    groups.push({ seriesId, begin, end: times.length });
  }
  return { times: Float64Array.from(times), states: states.view(), groups };
}

function readTimes(reader: ByteReader, count: number): Float64Array {
  if (reader.peek() !== chained) return readDifferenced(reader, count);
  reader.u8();
  let time = reader.zigzag();
  const period = reader.varint();
  const intervals = readIntegers(reader, Math.max(0, count - 1));
  const rests = readIntegers(reader, Math.max(0, count - 1));
  return Float64Array.from({ length: count }, (_, index) => {
    if (index > 0) time += (intervals[index - 1] as number) * period + (rests[index - 1] as number);
    return time;
  });
}

function readDifferenced(reader: ByteReader, count: number): Float64Array {
  const order = reader.u8();
  if (order > 2) throw corrupt("a column was differenced too often");
  const first = reader.zigzag();
  const values = readIntegers(reader, count);
  for (let pass = 0; pass < order; pass += 1) {
    for (let index = 1; index < count; index += 1)
      values[index] = (values[index] as number) + (values[index - 1] as number);
  }
  return values.map((value) => value + first);
}

function readIntegers(reader: ByteReader, count: number): Float64Array {
  if (count > longestColumn) throw corrupt("a column is longer than any can be");
  const values = new Float64Array(count);
  const form = reader.u8();
  if (form === 0) return values.fill(reader.zigzag());
  const stored = reader.sized();
  if (form === 1 || form === 2) {
    const varints = new ByteReader(form === 1 ? stored : unpack(stored, count));
    return values.map(() => varints.zigzag());
  }
  if (form !== 3) throw corrupt("a column has an unknown form");
  const planes = unpack(stored, count);
  const width = planes.length / count;
  if (!Number.isInteger(width) || width < 1 || width > 7) throw corrupt("a column has the wrong size");
  return values.map((_, index) => {
    let number = 0;
    for (let plane = width - 1; plane >= 0; plane -= 1)
      number = number * 256 + (planes[plane * count + index] as number);
    return unzigzag(number);
  });
}

function unpack(bytes: Uint8Array, count: number): Uint8Array {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, 8 * count) });
  } catch (cause) {
    throw corrupt("a column cannot be unpacked", cause);
  }
}
