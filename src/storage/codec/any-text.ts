import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** Any text: UTF-8, or UTF-16 for the rare one that holds half a character. `length · 2 + form` stands in front. */
export function writeText(writer: ByteWriter, text: string): void {
  const form = text.isWellFormed() ? 0 : 1;
  const bytes = Buffer.from(text, form === 0 ? "utf8" : "utf16le");
  writer.varint(bytes.length * 2 + form).raw(bytes);
}

/** Throws STORE_CORRUPT when the bytes end too early. */
export function readText(reader: ByteReader): string {
  const declared = reader.varint();
  const bytes = reader.raw(Math.floor(declared / 2));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    declared % 2 === 0 ? "utf8" : "utf16le",
  );
}
