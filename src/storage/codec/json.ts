import type { Codec } from "./codec.ts";

/** Plain JSON: for values that people may want to read in a dump. */
export const jsonCodec: Codec = {
  id: 1,
  name: "json",
  encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown,
};
