import { readText, writeText } from "./any-text.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { Codec } from "./codec.ts";

/** Text and nothing else; any text, halves of characters too. */
export const textCodec: Codec = {
  id: 3,
  name: "text",
  encode: (value) => {
    if (typeof value !== "string") throw new TypeError("The text codec takes texts only.");
    const writer = new ByteWriter(value.length + 8);
    writeText(writer, value);
    return writer.finish();
  },
  decode: (bytes) => readText(new ByteReader(bytes)),
};
