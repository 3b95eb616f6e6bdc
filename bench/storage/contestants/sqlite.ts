import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { MakeContestant } from "../contestant.ts";

/** A plain table clustered by entity and time, write-ahead log. */
export const sqlite: MakeContestant = ({ directory, fsync }) => {
  let database: DatabaseSync;
  let insert: StatementSync;
  const open = (): void => {
    database = new DatabaseSync(join(directory, "values.db"));
    database.exec(
      `pragma journal_mode = wal; pragma synchronous = ${fsync ? "full" : "normal"}; pragma cache_size = -16384`,
    );
  };
  const rows = "select time, value from samples where entity = ?";
  return {
    open() {
      open();
      database.exec(
        "create table samples (entity integer, time integer, value, primary key (entity, time)) without rowid",
      );
      insert = database.prepare("insert into samples values (?, ?, ?)");
    },
    append({ length, entities, times, numbers, states }) {
      database.exec("begin");
      for (let index = 0; index < length; index += 1) {
        const number = numbers[index] as number;
        insert.run(
          entities[index] as number,
          times[index] as number,
          Number.isNaN(number) ? (states[index] as string) : number,
        );
      }
      database.exec("commit");
    },
    async finish() {
      database.exec("pragma wal_checkpoint(truncate)");
      database.close();
    },
    openForReading: async () => open(),
    async scan({ id }) {
      let [count, sum] = [0, 0];
      for (const { value } of database.prepare(`${rows} order by time`).iterate(id)) {
        count += 1;
        if (typeof value === "number") sum += value;
      }
      return { count, sum };
    },
    range: async ({ id }, from, to) =>
      database.prepare(`${rows} and time >= ? and time < ? order by time`).all(id, from, to).length,
    async last(entities) {
      const newest = database.prepare(`${rows} order by time desc limit 1`);
      return entities.filter(({ id }) => newest.get(id) !== undefined).length;
    },
    close: async () => database.close(),
  };
};
