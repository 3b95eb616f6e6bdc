import type { EntityId } from "#model/entity.ts";
import type { Batch, Collection, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** Snapshots of the entities' traces, by the pipeline's own stage. They can always be made again from the samples. */
export class TraceRepository {
  readonly #collection: Collection<unknown>;

  constructor(storage: Storage) {
    this.#collection = storage.collection<unknown>({ name: "traces", version: 1 });
  }

  /** Undefined also for a damaged record: it is made again. */
  get(entityId: EntityId): Promise<unknown> {
    return unlessDamaged(this.#collection.get(entityId));
  }

  stage(batch: Batch, entityId: EntityId, trace: unknown): void {
    this.#collection.stagePut(batch, entityId, trace);
  }

  stageDelete(batch: Batch, entityId: EntityId): void {
    this.#collection.stageDelete(batch, entityId);
  }
}
