/** Turns values into bytes and back. The id stands in front of every value on disk and is never reused. */
export interface Codec<Value = unknown> {
  readonly id: number;
  readonly name: string;
  encode(value: Value): Uint8Array;
  /** Throws whatever it likes for bytes it did not write; callers turn it into STORE_CORRUPT. */
  decode(bytes: Uint8Array): Value;
}
