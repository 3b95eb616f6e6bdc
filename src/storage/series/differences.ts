import type { ByteReader } from "../codec/byte-reader.ts";
import { corrupt } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { readIntegers, writeIntegers } from "./integer-column.ts";

/** How often a column was differenced before it was laid down. White noise is cheapest as it is, a ramp differenced twice. */
const mostOrders = 2;

/** Whole numbers as values, differences or differences of differences, whichever is expected to take least. */
export function writeDifferenced(writer: ByteWriter, values: Float64Array): void {
  const first = values[0] ?? 0;
  const shifted = values.map((value) => value - first);
  let best: { order: number; values: Float64Array; cost: number } = {
    order: 0,
    values: shifted,
    cost: expectedBits(shifted),
  };
  let current: Float64Array = shifted;
  for (let order = 1; order <= mostOrders; order += 1) {
    current = differences(current);
    if (!fits(current)) break;
    const cost = expectedBits(current);
    if (cost < best.cost) best = { order, values: current, cost };
  }
  writer.u8(best.order).zigzag(first);
  writeIntegers(writer, best.values);
}

/** Reads what `writeDifferenced` wrote. Throws STORE_CORRUPT. */
export function readDifferenced(reader: ByteReader, count: number): Float64Array {
  const order = reader.u8();
  if (order > mostOrders) throw corrupt("a column was differenced too often");
  const first = reader.zigzag();
  const values = readIntegers(reader, count);
  for (let pass = 0; pass < order; pass += 1) {
    for (let index = 1; index < count; index += 1)
      values[index] = (values[index] as number) + (values[index - 1] as number);
  }
  for (let index = 0; index < count; index += 1) values[index] = (values[index] as number) + first;
  return values;
}

/** Every number becomes its distance from the one before; the first, which is zero, stays. */
function differences(values: Float64Array): Float64Array {
  const result = new Float64Array(values.length);
  let previous = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    result[index] = value - previous;
    previous = value;
  }
  return result;
}

function fits(values: Float64Array): boolean {
  return values.every((value) => Math.abs(value) < 2 ** 51);
}

/** Sum of log2 magnitudes: what an entropy coder with a fitted scale would need, up to a constant. The first number is left out. */
function expectedBits(values: Float64Array): number {
  let bits = 0;
  for (let index = 1; index < values.length; index += 1) bits += Math.log2(1 + Math.abs(values[index] as number));
  return bits;
}
