import { join } from "node:path";
import type { MakeContestant } from "../contestant.ts";

const rowsAtOnce = 100_000;

/** DuckDB: one table, row appender, one thread; a flush is a commit with sync. */
export const duckdb: MakeContestant = async ({ directory, fsync }) => {
  const { DuckDBInstance } = (await import("@duckdb/node-api" as string)) as { DuckDBInstance: DuckInstanceClass };
  let instance: DuckInstance;
  let connection: DuckConnection;
  let appender: DuckAppender;
  let pending = 0;
  const open = async (): Promise<void> => {
    instance = await DuckDBInstance.create(join(directory, "values.duckdb"), { threads: "1", memory_limit: "2GB" });
    connection = await instance.connect();
  };
  const select = async (sql: string): Promise<DuckReader> => connection.runAndReadAll(sql);
  return {
    async open() {
      await open();
      await connection.run("create table samples (entity usmallint, time bigint, value double, state varchar)");
      appender = await connection.createAppender("samples");
    },
    append({ length, entities, times, numbers, states }) {
      for (let index = 0; index < length; index += 1) {
        const number = numbers[index] as number;
        appender.appendUSmallInt(entities[index] as number);
        appender.appendBigInt(BigInt(times[index] as number));
        if (Number.isNaN(number)) {
          appender.appendNull();
          appender.appendVarchar(states[index] as string);
        } else {
          appender.appendDouble(number);
          appender.appendNull();
        }
        appender.endRow();
      }
      pending += length;
      if (!fsync && pending < rowsAtOnce) return;
      appender.flushSync();
      pending = 0;
    },
    async finish() {
      appender.closeSync();
      await connection.run("checkpoint");
      connection.closeSync();
      instance.closeSync();
    },
    openForReading: open,
    async scan({ id }) {
      const columns = (await select(`select value from samples where entity = ${id} order by time`)).getColumns();
      const values = (columns[0] ?? []) as (number | null)[];
      return { count: values.length, sum: values.reduce<number>((sum, value) => sum + (value ?? 0), 0) };
    },
    async range({ id }, from, to) {
      const found = await select(
        `select time, value, state from samples where entity = ${id} and time >= ${from} and time < ${to} order by time`,
      );
      return (found.getColumns()[0] ?? []).length;
    },
    last: async () =>
      (await select("select entity, max(time), arg_max(value, time) from samples group by entity")).currentRowCount,
    async close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
};

/** The little of DuckDB's binding that is used; it is installed for the benchmark only. */
interface DuckInstanceClass {
  create(path: string, options: object): Promise<DuckInstance>;
}
interface DuckInstance {
  connect(): Promise<DuckConnection>;
  closeSync(): void;
}
interface DuckConnection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<DuckReader>;
  createAppender(table: string): Promise<DuckAppender>;
  closeSync(): void;
}
interface DuckReader {
  readonly currentRowCount: number;
  getColumns(): unknown[][];
}
interface DuckAppender {
  appendUSmallInt(value: number): void;
  appendBigInt(value: bigint): void;
  appendDouble(value: number): void;
  appendVarchar(value: string): void;
  appendNull(): void;
  endRow(): void;
  flushSync(): void;
  closeSync(): void;
}
