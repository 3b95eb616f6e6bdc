import { join } from "node:path";
import type { MakeContestant } from "../contestant.ts";

/** LMDB (lmdb-js): key [entity, time], value MessagePack. */
export const lmdb: MakeContestant = async ({ directory, fsync }) => {
  const { open: openDatabase } = (await import("lmdb" as string)) as { open: (options: object) => Lmdb };
  let database: Lmdb;
  const open = (): void => {
    database = openDatabase({ path: join(directory, "values.mdb"), noSync: !fsync, mapSize: 16 * 1024 ** 3 });
  };
  return {
    open,
    async append({ length, entities, times, numbers, states }) {
      database.transactionSync(() => {
        for (let index = 0; index < length; index += 1) {
          const number = numbers[index] as number;
          void database.putSync(
            [entities[index] as number, times[index] as number],
            Number.isNaN(number) ? states[index] : number,
          );
        }
      });
      if (fsync) await database.flushed;
    },
    async finish() {
      await database.flushed;
      await database.close();
    },
    openForReading: async () => open(),
    async scan({ id }) {
      let [count, sum] = [0, 0];
      for (const { value } of database.getRange({ start: [id, 0], end: [id + 1, 0] })) {
        count += 1;
        if (typeof value === "number") sum += value;
      }
      return { count, sum };
    },
    async range({ id }, from, to) {
      const values: unknown[] = [];
      for (const { value } of database.getRange({ start: [id, from], end: [id, to] })) values.push(value);
      return values.length;
    },
    async last(entities) {
      let found = 0;
      for (const { id } of entities)
        for (const _entry of database.getRange({ start: [id + 1, 0], end: [id, 0], reverse: true, limit: 1 }))
          found += 1;
      return found;
    },
    close: () => database.close(),
  };
};

/** The little of lmdb-js that is used; it is installed for the benchmark only. */
interface Lmdb {
  readonly flushed: Promise<unknown>;
  transactionSync(work: () => void): void;
  putSync(key: readonly number[], value: unknown): unknown;
  getRange(options: object): Iterable<{ key: unknown; value: unknown }>;
  close(): Promise<void>;
}
