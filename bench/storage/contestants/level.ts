import { join } from "node:path";
import type { MakeContestant } from "../contestant.ts";

/** LevelDB (classic-level): key u16 entity · u48 time, value a double or a text; snappy. */
export const level: MakeContestant = async ({ directory, fsync }) => {
  const { ClassicLevel } = (await import("classic-level" as string)) as { ClassicLevel: LevelClass };
  let database: Level;
  const open = async (): Promise<void> => {
    database = new ClassicLevel(join(directory, "level"), { keyEncoding: "buffer", valueEncoding: "buffer" });
    await database.open();
  };
  const key = (entity: number, time: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt16BE(entity, 0);
    bytes.writeUIntBE(time, 2, 6);
    return bytes;
  };
  const each = async (from: Buffer, to: Buffer, take: (value: Buffer) => void): Promise<void> => {
    const iterator = database.iterator({ gte: from, lt: to });
    for (let entries = await iterator.nextv(1_000); entries.length > 0; entries = await iterator.nextv(1_000))
      for (const [, value] of entries) take(value);
    await iterator.close();
  };
  return {
    open,
    async append({ length, entities, times, numbers, states }) {
      const batch = database.batch();
      for (let index = 0; index < length; index += 1) {
        const number = numbers[index] as number;
        const value = Number.isNaN(number) ? Buffer.from(states[index] as string) : Buffer.alloc(8);
        if (!Number.isNaN(number)) value.writeDoubleLE(number);
        batch.put(key(entities[index] as number, times[index] as number), value);
      }
      await batch.write({ sync: fsync });
    },
    async finish() {
      await database.compactRange(key(0, 0), key(65_535, 2 ** 47));
      await database.close();
    },
    openForReading: open,
    async scan({ id }) {
      let [count, sum] = [0, 0];
      await each(key(id, 0), key(id + 1, 0), (value) => {
        count += 1;
        if (value.length === 8) sum += value.readDoubleLE(0);
      });
      return { count, sum };
    },
    async range({ id }, from, to) {
      let count = 0;
      await each(key(id, from), key(id, to), () => (count += 1));
      return count;
    },
    async last(entities) {
      let found = 0;
      for (const { id } of entities) {
        const iterator = database.iterator({ gte: key(id, 0), lt: key(id + 1, 0), reverse: true, limit: 1 });
        if ((await iterator.next()) !== undefined) found += 1;
        await iterator.close();
      }
      return found;
    },
    close: () => database.close(),
  };
};

/** The little of classic-level that is used; it is installed for the benchmark only. */
type LevelClass = new (path: string, options: object) => Level;
interface Level {
  open(): Promise<void>;
  close(): Promise<void>;
  batch(): { put(key: Buffer, value: Buffer): void; write(options: object): Promise<void> };
  compactRange(from: Buffer, to: Buffer): Promise<void>;
  iterator(options: object): {
    next(): Promise<unknown>;
    nextv(count: number): Promise<[Buffer, Buffer][]>;
    close(): Promise<void>;
  };
}
