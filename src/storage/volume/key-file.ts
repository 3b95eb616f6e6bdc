import { open } from "node:fs/promises";

/** What a file of a key can have at most, in bytes: a text with white space around it. */
const longest = 1_024;

/** The beginning of a file that holds a key. Throws what the file system throws. */
export async function readKeyFile(path: string): Promise<Uint8Array> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(new Uint8Array(longest), 0, longest, 0);
  return buffer.slice(0, bytesRead);
}
