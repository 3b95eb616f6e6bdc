import { open } from "node:fs/promises";
import { CadenceError } from "#core/errors.ts";
import { TextSource } from "./text-source.ts";
import { RecorderDatabase } from "./recorder-database.ts";
import { connectMysql } from "./recorder-mysql.ts";
import { connectPostgres } from "./recorder-postgres.ts";
import { connectSqlite, identityOfFile, sqliteMagic } from "./recorder-sqlite.ts";
import { parseRecorderUrl } from "./recorder-url.ts";
import type { Source } from "./source.ts";

/** The source for a file, by what it holds rather than by its name, or for the address of a recorder data base. Throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE. */
export async function openSource(path: string): Promise<Source> {
  const server = parseRecorderUrl(path);
  if (server !== undefined) {
    const { kind, url, name } = server;
    const connect = kind === "postgres" ? connectPostgres : connectMysql;
    const identity = (): Promise<string> => Promise.resolve(`recorder ${name}`);
    return new RecorderDatabase({ path: name, connect: () => connect(url), identity });
  }
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sqliteMagic.length), 0, sqliteMagic.length, 0);
    return bytesRead === sqliteMagic.length && buffer.equals(sqliteMagic)
      ? new RecorderDatabase({ path, connect: () => connectSqlite(path), identity: () => identityOfFile(path) })
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
