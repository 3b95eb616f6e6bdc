import { CadenceError } from "#core/errors.ts";
import { ByteReader, corrupt } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { Codec, CodecLookup } from "./codec.ts";
import { standardCodecs } from "./codec-registry.ts";

const standard = standardCodecs();

/** `codec id u8 · schema version varint · encoded value`. */
export function encodeTagged(codec: Codec, version: number, value: unknown): Uint8Array {
  const encoded = codec.encode(value);
  return new ByteWriter(encoded.length + 4).u8(codec.id).varint(version).raw(encoded).finish();
}

/** Finds the codec by its id. Throws CODEC_UNKNOWN, STORE_CORRUPT, STORE_KEY_WRONG. */
export function decodeTagged(
  bytes: Uint8Array,
  codecs: CodecLookup = standard,
): { readonly version: number; readonly value: unknown } {
  const reader = new ByteReader(bytes);
  const codec = codecs.find(reader.u8());
  const version = reader.varint();
  try {
    return { version, value: codec.decode(reader.raw(reader.remaining), codecs) };
  } catch (cause) {
    if (cause instanceof CadenceError) throw cause;
    throw corrupt(`a value is not ${codec.name}`, cause);
  }
}
