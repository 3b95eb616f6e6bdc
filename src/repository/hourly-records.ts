import type { HourlyRecord } from "#model/hourly-record.ts";
import type { Batch, Collection, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** What each hour was like; a record holds a day (UTC). */
export class HourlyRecordsRepository {
  readonly #collection: Collection<readonly HourlyRecord[]>;

  constructor(storage: Storage) {
    this.#collection = storage.collection<readonly HourlyRecord[]>({ name: "hourly-records", version: 1 });
  }

  /** Adds an hour to its day; days before `oldest` (ms since 1970) go. */
  async stage(batch: Batch, record: HourlyRecord, oldest: number): Promise<void> {
    const key = keyOf(record.time);
    const known = (await unlessDamaged(this.#collection.get(key))) ?? [];
    this.#collection.stagePut(batch, key, [...known.filter(({ time }) => time !== record.time), record]);
    for await (const each of this.#collection.keys()) {
      if (each >= keyOf(oldest)) break;
      this.#collection.stageDelete(batch, each);
    }
  }

  /** Those from `from` on (ms since 1970), oldest first. */
  async since(from: number): Promise<readonly HourlyRecord[]> {
    const records: HourlyRecord[] = [];
    for await (const key of this.#collection.keys()) {
      if (key >= keyOf(from)) records.push(...((await unlessDamaged(this.#collection.get(key))) ?? []));
    }
    return records.filter(({ time }) => time >= from).toSorted((a, b) => a.time - b.time);
  }
}

/** Its day: `2026-11-22`. */
function keyOf(time: number): string {
  return new Date(Math.max(0, time)).toISOString().slice(0, 10);
}
