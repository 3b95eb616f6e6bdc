import { open } from "node:fs/promises";
import { CadenceError } from "#core/errors.ts";
import { TextSource } from "./text-source.ts";
import { RecorderDatabase, sqliteMagic } from "./recorder-database.ts";
import type { Source } from "./source.ts";

/** The source for a file, by what it holds rather than by its name. Throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE. */
export async function openSource(path: string): Promise<Source> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sqliteMagic.length), 0, sqliteMagic.length, 0);
    return bytesRead === sqliteMagic.length && buffer.equals(sqliteMagic)
      ? new RecorderDatabase(path)
      : new TextSource(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      throw new CadenceError("SOURCE_NOT_FOUND", `There is no file ${path}.`, { remedy: "Check its name.", cause });
    }
    const why = code === "EISDIR" ? "it is a folder" : code === "EACCES" ? "it may not be read" : message;
    throw new CadenceError("SOURCE_UNREADABLE", `${path} cannot be read: ${why}.`, { cause });
  }
}
