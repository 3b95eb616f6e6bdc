import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ByteReader, corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";

/** How a column of whole numbers is laid down; on disk. See docs/format/block.md. */
const Form = { constant: 0, varints: 1, packedVarints: 2, packedPlanes: 3 } as const;

/** Below so many bytes a compressed frame costs more than it saves. */
const worthPacking = 24;
const longestColumn = 1 << 20;
/** zstd level 1: on these columns the entropy stage does the work and higher levels only lose time and bytes. */
const packing = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Whole numbers with |value| < 2^52, in the smallest of the forms. */
export function writeIntegers(writer: ByteWriter, values: ArrayLike<number>): void {
  const count = values.length;
  if (count === 0 || isConstant(values)) {
    writer.u8(Form.constant).zigzag(count === 0 ? 0 : (values[0] as number));
    return;
  }
  const plain = new ByteWriter(count * 2);
  for (let index = 0; index < count; index += 1) plain.zigzag(values[index] as number);
  const varints = plain.finish();
  let best: { form: number; bytes: Uint8Array } = { form: Form.varints, bytes: varints };
  if (varints.length >= worthPacking) {
    const packed = zstdCompressSync(varints, packing);
    if (packed.length < best.bytes.length) best = { form: Form.packedVarints, bytes: packed };
    const planes = zstdCompressSync(toPlanes(values), packing);
    if (planes.length < best.bytes.length) best = { form: Form.packedPlanes, bytes: planes };
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
  if (form === Form.packedPlanes) {
    fromPlanes(unpack(stored, 8 * count), values);
    return values;
  }
  if (form !== Form.varints && form !== Form.packedVarints) throw corrupt("a column has an unknown form");
  const varints = new ByteReader(form === Form.varints ? stored : unpack(stored, 8 * count));
  for (let index = 0; index < count; index += 1) values[index] = varints.zigzag();
  return values;
}

function unpack(bytes: Uint8Array, limit: number): Uint8Array {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, limit) });
  } catch (cause) {
    throw corrupt("a column cannot be unpacked", cause);
  }
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let index = 1; index < values.length; index += 1) if (values[index] !== values[0]) return false;
  return true;
}

/** Zigzag numbers as byte planes: all lowest bytes, then all second bytes …; as many planes as the largest needs. */
function toPlanes(values: ArrayLike<number>): Uint8Array {
  const count = values.length;
  const zigzags = new Float64Array(count);
  let largest = 0;
  for (let index = 0; index < count; index += 1) {
    const value = values[index] as number;
    const zigzag = value < 0 ? -2 * value - 1 : 2 * value;
    zigzags[index] = zigzag;
    if (zigzag > largest) largest = zigzag;
  }
  let width = 1;
  while (largest >= 256 ** width) width += 1;
  const planes = new Uint8Array(count * width);
  for (let plane = 0; plane < width; plane += 1) {
    const scale = 256 ** plane;
    for (let index = 0; index < count; index += 1) {
      planes[plane * count + index] = Math.floor((zigzags[index] as number) / scale) % 256;
    }
  }
  return planes;
}

function fromPlanes(planes: Uint8Array, values: Float64Array): void {
  const count = values.length;
  const width = planes.length / count;
  if (!Number.isInteger(width) || width < 1 || width > 7) throw corrupt("a column has the wrong size");
  for (let index = 0; index < count; index += 1) {
    let zigzag = 0;
    for (let plane = width - 1; plane >= 0; plane -= 1)
      zigzag = zigzag * 256 + (planes[plane * count + index] as number);
    values[index] = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }
}
