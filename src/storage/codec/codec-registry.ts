import { CadenceError } from "#core/errors.ts";
import { binaryObjectCodec } from "./binary-object.ts";
import type { Codec, CodecLookup } from "./codec.ts";
import { columnsCodec } from "./columns.ts";
import { gzipCodec, zstdCodec } from "./compressed.ts";
import { jsonCodec } from "./json.ts";
import { textCodec } from "./text.ts";

/** Codecs by the id that stands in front of what they wrote. A new codec is one file and one `register`. */
export class CodecRegistry implements CodecLookup {
  readonly #codecs = new Map<number, Codec>();

  /** Throws INTERNAL for an id that another codec has: both would read what the other one wrote. */
  register(codec: Codec): this {
    const taken = this.#codecs.get(codec.id);
    if (!Number.isInteger(codec.id) || codec.id < 1 || codec.id > 255 || (taken !== undefined && taken !== codec)) {
      throw new CadenceError(
        "INTERNAL",
        `Codec ${codec.name} cannot have the id ${codec.id}: ${taken?.name ?? "1 to 255"}.`,
      );
    }
    this.#codecs.set(codec.id, codec);
    return this;
  }

  find(id: number): Codec {
    const codec = this.#codecs.get(id);
    if (codec !== undefined) return codec;
    throw new CadenceError("CODEC_UNKNOWN", `A value was written by codec ${id}, which is not known here.`, {
      remedy:
        "It was written by a newer version, or encrypted: update Modbus Cadence, or name the key. Nothing was changed.",
      details: { id },
    });
  }
}

/** Everything that can be read without a key. */
export function standardCodecs(): CodecRegistry {
  return new CodecRegistry()
    .register(jsonCodec)
    .register(binaryObjectCodec)
    .register(textCodec)
    .register(columnsCodec)
    .register(zstdCodec(binaryObjectCodec))
    .register(gzipCodec(binaryObjectCodec));
}
