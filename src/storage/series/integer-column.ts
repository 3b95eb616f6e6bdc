import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ByteReader, corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { unzigzag, zigzag } from "../codec/zigzag.ts";
import { decodeModelled, encodeModelled } from "./coder/modelled-integers.ts";
import type { Effort } from "./effort.ts";

/** How a column of whole numbers is laid down; on disk. See docs/format/block.md. */
const Form = { constant: 0, varints: 1, planes: 2, packedPlanes: 3, modelled: 4 } as const;

/** Below so many bytes a compressed frame costs more than it saves. */
const worthPacking = 24;
const longestColumn = 1 << 20;
const widest = 7;
/** A model is slower to read: it has to be smaller than planes by this share. */
const worthModelling = 0.97;
/** zstd level 1: on these columns the entropy stage does the work and higher levels only lose time and bytes. */
const packing = { [constants.ZSTD_c_compressionLevel]: 1 };
/** Room for what comes out, as zlib takes it: else it takes 16 kB for a column of a few hundred bytes. */
const [leastRoom, usualRoom] = [64, 16_384];

/** Whole numbers with |value| < 2^52, in the smallest of the forms that `effort` tries. */
export function writeIntegers(writer: ByteWriter, values: ArrayLike<number>, effort: Effort): void {
  const count = values.length;
  if (count === 0 || isConstant(values)) {
    writer.u8(Form.constant).zigzag(count === 0 ? 0 : (values[0] as number));
    return;
  }
  let best = count < worthPacking ? asVarints(values) : asPlanes(values);
  if (effort === "dense") {
    const modelled = encodeModelled(values);
    if (modelled.length < best.bytes.length * worthModelling) best = { form: Form.modelled, bytes: modelled };
  }
  writer.u8(best.form).sized(best.bytes);
}

/** Reads what `writeIntegers` wrote for `count` numbers. Throws STORE_CORRUPT. */
export function readIntegers(reader: ByteReader, count: number): Float64Array {
  if (count > longestColumn) throw corrupt("a column is longer than any can be");
  const values = new Float64Array(count);
  const form = reader.u8();
  if (form === Form.constant) return values.fill(reader.zigzag());
  const stored = reader.sized();
  if (form === Form.packedPlanes) fromPlanes(unpack(stored, widest * count), values);
  else if (form === Form.planes) fromPlanes(stored, values);
  else if (form === Form.modelled) decodeModelled(stored, values);
  else if (form === Form.varints) fromVarints(stored, values);
  else throw corrupt("a column has an unknown form");
  return values;
}

interface Laid {
  readonly form: number;
  readonly bytes: Uint8Array;
}

function asVarints(values: ArrayLike<number>): Laid {
  const writer = new ByteWriter(values.length * 2);
  for (let index = 0; index < values.length; index += 1) writer.zigzag(values[index] as number);
  return { form: Form.varints, bytes: writer.finish() };
}

function fromVarints(bytes: Uint8Array, values: Float64Array): void {
  const reader = new ByteReader(bytes);
  for (let index = 0; index < values.length; index += 1) values[index] = reader.zigzag();
}

function asPlanes(values: ArrayLike<number>): Laid {
  const planes = toPlanes(values);
  const packed = zstdCompressSync(planes, { params: packing, chunkSize: roomFor(planes.length) });
  return packed.length < planes.length
    ? { form: Form.packedPlanes, bytes: packed }
    : { form: Form.planes, bytes: planes };
}

function unpack(bytes: Uint8Array, limit: number): Uint8Array {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, limit), chunkSize: roomFor(limit) });
  } catch (cause) {
    throw corrupt("a column cannot be unpacked", cause);
  }
}

function roomFor(length: number): number {
  return Math.min(usualRoom, Math.max(leastRoom, length));
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let index = 1; index < values.length; index += 1) if (values[index] !== values[0]) return false;
  return true;
}

/** Zigzag numbers as byte planes: all lowest bytes, then all second bytes …; as many planes as the largest needs. */
function toPlanes(values: ArrayLike<number>): Uint8Array {
  const count = values.length;
  let largest = 0;
  for (let index = 0; index < count; index += 1) largest = Math.max(largest, zigzag(values[index] as number));
  let width = 1;
  while (largest >= 256 ** width) width += 1;
  const planes = new Uint8Array(count * width);
  for (let index = 0; index < count; index += 1) {
    const number = zigzag(values[index] as number);
    let low = number >>> 0;
    for (let plane = 0; plane < width; plane += 1) {
      if (plane === 4) low = Math.floor(number / 2 ** 32);
      planes[plane * count + index] = low & 0xff;
      low >>>= 8;
    }
  }
  return planes;
}

function fromPlanes(planes: Uint8Array, values: Float64Array): void {
  const count = values.length;
  const width = planes.length / count;
  if (!Number.isInteger(width) || width < 1 || width > widest) throw corrupt("a column has the wrong size");
  // Up to three planes a number fits an integer of the machine, which is several times faster.
  for (let index = 0; width <= 3 && index < count; index += 1) {
    let number = planes[index] as number;
    if (width > 1) number |= (planes[count + index] as number) << 8;
    if (width > 2) number |= (planes[2 * count + index] as number) << 16;
    values[index] = (number >>> 1) ^ -(number & 1);
  }
  for (let index = 0; width > 3 && index < count; index += 1) {
    let number = 0;
    for (let plane = width - 1; plane >= 0; plane -= 1)
      number = number * 256 + (planes[plane * count + index] as number);
    values[index] = unzigzag(number);
  }
}
