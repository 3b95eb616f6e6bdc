import type { Codec } from "./codec.ts";

export interface CustomJsonOptions {
  /** 128 to 255; for ever. */
  readonly id: number;
  readonly name: string;
  /** What stands in the JSON for a value; as the replacer of JSON.stringify, but it sees the value before its `toJSON`. */
  readonly encode: (value: unknown, key: string) => unknown;
  /** The value again; as the reviver of JSON.parse. */
  readonly decode: (value: unknown, key: string) => unknown;
}

/** JSON with words of one's own for values that JSON does not know. */
export function customJsonCodec({ id, name, encode, decode }: CustomJsonOptions): Codec {
  return {
    id,
    name,
    encode: (value) =>
      new TextEncoder().encode(
        JSON.stringify({ value }, function (this: Record<string, unknown>, key: string) {
          return encode(this[key], key);
        }),
      ),
    decode: (bytes) => {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      return (JSON.parse(text, (key, value: unknown) => decode(value, key)) as { value: unknown }).value;
    },
  };
}
