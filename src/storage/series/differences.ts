import type { ByteReader } from "../codec/byte-reader.ts";
import { corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import type { Effort } from "./effort.ts";
import { readIntegers, writeIntegers } from "./integer-column.ts";
import { trialPart } from "./trial-part.ts";

/** How often a column was differenced before it was laid down. White noise is cheapest as it is, a ramp differenced twice. */
const mostOrders = 2;
/** In place of an order: the numbers are places in a list of the distinct ones. */
const ranked = 4;
/** A list of the distinct numbers pays when each is used at least so often. */
const leastUses = 3;
const leastRanked = 64;
const largestDifference = 2 ** 51;

/**
 * Whole numbers as values, differences or differences of differences, whichever is expected to take least; with `dense` effort also as places in
 * the list of the distinct ones, for values that a sensor or a converter can only take on a grid of its own.
 */
export function writeDifferenced(writer: ByteWriter, values: Float64Array, effort: Effort): void {
  const ranks = effort === "dense" ? placesInList(values) : undefined;
  if (ranks === undefined || !ranksPay(values, ranks)) {
    writeBestOrder(writer, values, effort);
    return;
  }
  writer.u8(ranked).varint(ranks.list.length);
  writeBestOrder(writer, ranks.list, effort);
  writeBestOrder(writer, ranks.places, effort);
}

function ranksPay(values: Float64Array, { list, places }: Ranks): boolean {
  const part = trialPart(values);
  const share = part.length / values.length;
  return lengthOf(part) > lengthOf(trialPart(places)) + share * lengthOf(list);
}

function lengthOf(values: Float64Array): number {
  const writer = new ByteWriter(values.length * 2 + 16);
  writeBestOrder(writer, values, "dense");
  return writer.length;
}

/** Reads what `writeDifferenced` wrote. Throws STORE_CORRUPT. */
export function readDifferenced(reader: ByteReader, count: number): Float64Array {
  if (reader.peek() !== ranked) return readOrder(reader, count);
  reader.u8();
  const listed = reader.varint();
  if (listed > count) throw corrupt("a list is longer than its column");
  const list = readOrder(reader, listed);
  const values = readOrder(reader, count);
  for (let index = 0; index < count; index += 1) {
    const value = list[values[index] as number];
    if (value === undefined) throw corrupt("a column names a place its list does not have");
    values[index] = value;
  }
  return values;
}

function writeBestOrder(writer: ByteWriter, values: Float64Array, effort: Effort): void {
  const first = values[0] ?? 0;
  const unit = commonUnit(values, first);
  const center = first + Math.round(meanDistance(values, first) / unit) * unit;
  const order = bestOrder(values, center);
  const base = order === 0 ? center : first;
  const column = new Float64Array(values.length);
  for (let index = 0; index < values.length; index += 1) column[index] = ((values[index] as number) - base) / unit;
  for (let pass = 0; pass < order; pass += 1) difference(column);
  writer.u8(order).zigzag(base).varint(unit);
  writeIntegers(writer, column, effort);
}

/** By the numbers themselves, without laying any form down. */
function bestOrder(values: Float64Array, center: number): number {
  const step = Math.ceil(values.length / numbersLookedAt);
  const bits = [0, 0, 0];
  let farthest = 0;
  for (let index = 2; index < values.length; index += step) {
    const [value, before, beforeThat] = [values[index], values[index - 1], values[index - 2]] as [
      number,
      number,
      number,
    ];
    bits[0] = (bits[0] as number) + magnitudeBits(value - center);
    bits[1] = (bits[1] as number) + magnitudeBits(value - before);
    bits[2] = (bits[2] as number) + magnitudeBits(value - 2 * before + beforeThat);
    farthest = Math.max(farthest, Math.abs(value - center));
  }
  const orders = farthest < largestDifference ? mostOrders : 0;
  let best = 0;
  for (let order = 1; order <= orders; order += 1) if ((bits[order] as number) < (bits[best] as number)) best = order;
  return fits(values, best) ? best : 0;
}

function readOrder(reader: ByteReader, count: number): Float64Array {
  const order = reader.u8();
  if (order > mostOrders) throw corrupt("a column was differenced too often");
  const first = reader.zigzag();
  const unit = reader.varint();
  const values = readIntegers(reader, count);
  for (let pass = 0; pass < order; pass += 1) {
    let sum = 0;
    for (let index = 0; index < count; index += 1) {
      sum += values[index] as number;
      values[index] = sum;
    }
  }
  for (let index = 0; index < count; index += 1) values[index] = (values[index] as number) * unit + first;
  return values;
}

/** The largest number of which every value is a whole multiple away from `first`; 1 when all are the same. */
function commonUnit(values: Float64Array, first: number): number {
  let unit = 0;
  for (const value of values) {
    let rest = Math.abs(value - first);
    while (rest !== 0) [unit, rest] = [rest, unit % rest];
    if (unit === 1) return 1;
  }
  return Math.max(1, unit);
}

/** Every number becomes its distance from the one before; the first becomes zero. */
function difference(values: Float64Array): void {
  for (let index = values.length - 1; index > 0; index -= 1)
    values[index] = (values[index] as number) - (values[index - 1] as number);
  if (values.length > 0) values[0] = 0;
}

/** The distinct numbers in order, and the place of each number among them. */
interface Ranks {
  readonly list: Float64Array;
  readonly places: Float64Array;
}

function placesInList(values: Float64Array): Ranks | undefined {
  if (values.length < leastRanked) return undefined;
  const sorted = values.toSorted();
  const list = sorted.filter((value, index) => index === 0 || value !== sorted[index - 1]);
  if (list.length * leastUses > values.length) return undefined;
  const placeOf = new Map(Array.from(list, (value, place) => [value, place]));
  return { list, places: values.map((value) => placeOf.get(value) as number) };
}

/** True when the differences of an order are all exact. */
function fits(values: Float64Array, order: number): boolean {
  const largest = largestDifference / 2 ** order;
  const first = values[0] ?? 0;
  for (let index = 0; index < values.length; index += 1)
    if (Math.abs((values[index] as number) - first) >= largest) return false;
  return true;
}

function meanDistance(values: Float64Array, from: number): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += (values[index] as number) - from;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Enough numbers to tell which form is smaller. */
const numbersLookedAt = 512;

/** Bits a number takes by its magnitude, on average: what an entropy coder with a fitted scale would need, up to a constant. */
export function expectedBits(values: Float64Array): number {
  const step = Math.ceil(values.length / numbersLookedAt);
  let bits = 0;
  let looked = 0;
  for (let index = 0; index < values.length; index += step) {
    bits += magnitudeBits(values[index] as number);
    looked += 1;
  }
  return looked === 0 ? 0 : bits / looked;
}

/** log2(1 + |value|), linear between powers of two: near enough to compare by, and several times faster. */
function magnitudeBits(value: number): number {
  const magnitude = 1 + Math.abs(value);
  if (magnitude >= 2 ** 31) return Math.log2(magnitude);
  const whole = 31 - Math.clz32(magnitude);
  return whole + magnitude / (1 << whole) - 1;
}
