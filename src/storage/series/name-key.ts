import { ByteReader } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { KeySpace, keyOf, keyText, textKey } from "../keys.ts";

/**
 * Which number a series has. Both stand in the key, whose value is empty: keys stand in a chunk twice, so one damaged place does not take a series its name. The bytes
 * of a number from 1 on hold no zero, so the last zero divides the two.
 */
export function nameKey(name: string, id: number): Uint8Array {
  return keyOf(KeySpace.seriesName, textKey(name), Uint8Array.of(0), new ByteWriter(8).varint(id).finish());
}

/** Throws STORE_CORRUPT. */
export function parseNameKey(key: Uint8Array): { readonly name: string; readonly id: number } {
  const divide = key.lastIndexOf(0);
  return { name: keyText(key.subarray(1, divide)), id: new ByteReader(key, divide + 1).varint() };
}
