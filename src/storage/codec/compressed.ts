import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Codec } from "./codec.ts";

/** More than any value may have: bytes that claim to be larger are refused before they are unpacked. */
const largestUnpacked = 64 * 1024 * 1024;
const limit = { maxOutputLength: largestUnpacked };

/** zstd around another codec: `inner id u8 · compressed`. */
export function zstdCodec(inner: Codec): Codec {
  return compressed(
    16,
    "zstd",
    inner,
    (bytes) => zstdCompressSync(bytes),
    (bytes) => zstdDecompressSync(bytes, limit),
  );
}

/** gzip around another codec, for those who want to unpack values with other tools. */
export function gzipCodec(inner: Codec): Codec {
  return compressed(
    17,
    "gzip",
    inner,
    (bytes) => gzipSync(bytes),
    (bytes) => gunzipSync(bytes, limit),
  );
}

function compressed(
  id: number,
  name: string,
  inner: Codec,
  pack: (bytes: Uint8Array) => Uint8Array,
  unpack: (bytes: Uint8Array) => Uint8Array,
): Codec {
  return {
    id,
    name,
    encode: (value) => {
      const packed = pack(inner.encode(value));
      const bytes = new Uint8Array(packed.length + 1);
      bytes[0] = inner.id;
      bytes.set(packed, 1);
      return bytes;
    },
    decode: (bytes, codecs) => codecs.find(bytes[0] ?? 0).decode(unpack(bytes.subarray(1)), codecs),
  };
}
