import { createHash } from "node:crypto";

const longest = 300;

/** A name as a key; by its checksum where it cannot be one. The record must hold the name. */
export function safeKey(name: string): string {
  const bytes = Buffer.byteLength(name);
  return bytes > 0 && bytes <= longest && name.isWellFormed()
    ? name
    : `sha256:${createHash("sha256").update(name, "utf16le").digest("hex")}`;
}
