import { CadenceError } from "#core/errors.ts";

/**
 * The key space of a store: the first byte says what a key is about, so nothing of one kind falls into another's range.
 * See docs/format/keys.md.
 */
export const KeySpace = {
  collection: 0x63,
  block: 0x62,
  log: 0x4c,
  /** Entries as store format 1 wrote them. */
  log1: 0x6c,
  rollUp: 0x72,
  expired: 0x78,
  index: 0x69,

  seriesName: 0x53,
  /** As store format 1 wrote it: the id is the value. */
  seriesName1: 0x73,
} as const;

/** All keys that begin with `prefix`: the range from it to the next key that does not. */
export function prefixRange(prefix: Uint8Array): { from: Uint8Array; to: Uint8Array } {
  const to = prefix.slice();
  for (let index = to.length - 1; index >= 0; index -= 1) {
    if (to[index] !== 0xff) {
      to[index] = (to[index] as number) + 1;
      return { from: prefix, to: to.slice(0, index + 1) };
    }
  }
  throw new CadenceError("STORE_KEY_INVALID", "A prefix must hold a byte below 255.");
}

/** A key space, then `parts`. */
export function keyOf(space: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat([Uint8Array.of(space), ...parts]));
}

/** UTF-8, in which texts keep their order. Throws STORE_KEY_INVALID for texts that have no UTF-8 form. */
export function textKey(text: string): Uint8Array {
  if (!text.isWellFormed()) {
    throw new CadenceError("STORE_KEY_INVALID", "A key holds half a character (a lone surrogate).");
  }
  return new TextEncoder().encode(text);
}

export function keyText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Big-endian, so that byte order is the order of the numbers; for whole numbers of 0 to 2^53. */
export function orderedU64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(value / 2 ** 32));
  view.setUint32(4, value % 2 ** 32);
  return bytes;
}

/** Big-endian; for whole numbers of 0 to 2^32 − 1. */
export function orderedU32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Eight bytes in the order of the numbers; −0 counts as 0, and what is no number comes last. */
export function orderedF64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, value === 0 ? 0 : value);
  const negative = (view.getUint8(0) & 0x80) !== 0 && !Number.isNaN(value);
  for (let index = 0; index < 8; index += 1) {
    const flip = negative ? 0xff : index === 0 ? 0x80 : 0;
    bytes[index] = (bytes[index] as number) ^ flip;
  }
  return bytes;
}

export function readOrderedU64(bytes: Uint8Array, offset = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint32(offset) * 2 ** 32 + view.getUint32(offset + 4);
}
