import type { EntityId } from "#model/entity.ts";
import type { IntervalRecord } from "#model/interval-record.ts";
import type { Batch, Collection, Storage } from "#storage/index.ts";
import { safeKey } from "./safe-key.ts";
import { unlessDamaged } from "./unless-damaged.ts";

export interface IntervalHistoryFilter {
  readonly entityId?: EntityId;
  /** ms since 1970, inclusive. */
  readonly since?: number;
  /** The newest so many. */
  readonly limit?: number;
}

/** Every decision about an interval, in the order they were made. */
export class IntervalHistoryRepository {
  readonly #collection: Collection<IntervalRecord>;

  constructor(storage: Storage) {
    this.#collection = storage.collection<IntervalRecord>({ name: "interval-history", version: 1 });
  }

  /** A decision of the same entity and time replaces the one before. */
  stage(batch: Batch, record: IntervalRecord): void {
    this.#collection.stagePut(batch, keyOf(record), record);
  }

  /** Undefined also for a damaged record. */
  get(entityId: EntityId, time: number): Promise<IntervalRecord | undefined> {
    return unlessDamaged(this.#collection.get(keyOf({ entityId, time })));
  }

  /** See Rename. */
  async rename(batch: Batch, from: EntityId, to: EntityId): Promise<void> {
    for await (const key of this.#collection.keys(`${safeKey(from)} `)) {
      const record = await unlessDamaged(this.#collection.get(key));
      if (record === undefined) continue;
      this.stage(batch, { ...record, entityId: to });
      this.#collection.stageDelete(batch, key);
    }
  }

  /** Those of one entity, oldest first. */
  async of(entityId: EntityId): Promise<readonly IntervalRecord[]> {
    const records: IntervalRecord[] = [];
    for await (const key of this.#collection.keys(`${safeKey(entityId)} `)) {
      const record = await unlessDamaged(this.#collection.get(key));
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  /** All of them, by entity and time. */
  async all(): Promise<readonly IntervalRecord[]> {
    const records: IntervalRecord[] = [];
    for await (const [, record] of this.#collection.entries()) records.push(record);
    return records;
  }
}

/** The time with as many digits as any, so that the order of keys is that of times; before 1970 nothing was decided. */
function keyOf({ entityId, time }: Pick<IntervalRecord, "entityId" | "time">): string {
  return `${safeKey(entityId)} ${Math.max(0, time).toString().padStart(16, "0")}`;
}
