import { stat } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { CadenceError } from "#core/errors.ts";
import type { RecorderConnection, RecorderRow } from "./recorder-connection.ts";

/** What an SQLite file begins with. */
export const sqliteMagic: Buffer = Buffer.from("SQLite format 3\0");

const busyMilliseconds = 5_000;

/** Opens `home-assistant_v2.db`, while Home Assistant may be writing it. Throws SOURCE_UNREADABLE. */
export async function connectSqlite(path: string): Promise<RecorderConnection> {
  const database = await openReadOnly(path);
  const read = async <Value>(work: () => Value): Promise<Value> => Promise.resolve(work());
  return {
    dialect: { parameter: (number) => `?${number}`, secondsOf: (column) => `unixepoch(${column}, 'subsec')` },
    columns: (table) =>
      read(() => {
        const rows = database.prepare("select name from pragma_table_info(?)").all(table);
        return new Set(rows.map(({ name }) => String(name)));
      }),
    value: (query, parameters = []) =>
      read(() => {
        const [value] = Object.values(database.prepare(query).get(...parameters) ?? {});
        return typeof value === "number" || typeof value === "string" ? value : undefined;
      }),
    page: (query, { at, id }, count) =>
      read(() => {
        const statement = database.prepare(`${query} limit ${count}`);
        statement.setReturnArrays(true);
        return statement.all(at, id) as unknown as readonly RecorderRow[];
      }),
    [Symbol.asyncDispose]: () => read(() => database.close()),
  };
}

/** The file, wherever it is moved to. */
export async function identityOfFile(path: string): Promise<string> {
  const { dev, ino } = await stat(path, { bigint: true });
  return `recorder ${dev}:${ino}`;
}

async function openReadOnly(path: string): Promise<DatabaseSync> {
  const sqlite = await import("node:sqlite");
  try {
    return new sqlite.DatabaseSync(path, { readOnly: true, timeout: busyMilliseconds });
  } catch (cause) {
    throw new CadenceError("SOURCE_UNREADABLE", `${path} cannot be opened: ${(cause as Error).message}.`, { cause });
  }
}
