/** Turns values into bytes and back. The id stands in front of every value on disk and is never reused. */
export interface Codec<Value = unknown> {
  /** 1 to 127 are ours (docs/format/keys.md); a codec of one's own takes one from 128 to 255. */
  readonly id: number;
  readonly name: string;
  encode(value: Value): Uint8Array;
  /**
   * Throws a CadenceError, or whatever else for bytes it did not write, which callers turn into STORE_CORRUPT. `codecs` finds the inner codec
   * of one that wraps others.
   */
  decode(bytes: Uint8Array, codecs: CodecLookup): Value;
}

export interface CodecLookup {
  /** Throws CODEC_UNKNOWN. */
  find(id: number): Codec;
}
