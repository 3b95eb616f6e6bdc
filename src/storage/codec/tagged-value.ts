import { CadenceError } from "#core/errors.ts";
import { binaryObjectCodec } from "./binary-object.ts";
import { ByteReader, corrupt } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { Codec } from "./codec.ts";
import { jsonCodec } from "./json.ts";

/** Every codec whose values can be read back. A new one is one file and one entry here. */
const codecs: ReadonlyMap<number, Codec> = new Map([jsonCodec, binaryObjectCodec].map((codec) => [codec.id, codec]));

/** `codec id u8 · schema version varint · encoded value`. */
export function encodeTagged(codec: Codec, version: number, value: unknown): Uint8Array {
  const encoded = codec.encode(value);
  return new ByteWriter(encoded.length + 4).u8(codec.id).varint(version).raw(encoded).finish();
}

/** Finds the codec by its id. Throws CODEC_UNKNOWN, STORE_CORRUPT. */
export function decodeTagged(bytes: Uint8Array): { readonly version: number; readonly value: unknown } {
  const reader = new ByteReader(bytes);
  const id = reader.u8();
  const codec = codecs.get(id);
  if (codec === undefined) {
    throw new CadenceError("CODEC_UNKNOWN", `A value was written by codec ${id}, which this version does not know.`, {
      remedy: "Update Modbus Cadence; nothing was changed.",
      details: { id },
    });
  }
  const version = reader.varint();
  try {
    return { version, value: codec.decode(reader.raw(reader.remaining)) };
  } catch (cause) {
    throw corrupt(`a value is not ${codec.name}`, cause);
  }
}
