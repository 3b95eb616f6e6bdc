import type { EntityId } from "#model/entity.ts";
import type { Batch, Collection, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** What the pipeline has learned of one entity, as the stages' own snapshots; the repository does not look inside. */
export interface StoredEntityStats {
  readonly statistics: unknown;
  readonly interval: unknown;
}

/** Snapshots of the pipeline's stages, one record an entity. They can always be made again from the samples. */
export class EntityStatsRepository {
  readonly #collection: Collection<StoredEntityStats>;

  constructor(storage: Storage) {
    // Not packed one by one: the store packs small records that resemble each other together.
    this.#collection = storage.collection<StoredEntityStats>({ name: "entity-stats", version: 1 });
  }

  /** Undefined also for a damaged record: it is learned again. */
  get(entityId: EntityId): Promise<StoredEntityStats | undefined> {
    return unlessDamaged(this.#collection.get(entityId));
  }

  stageDelete(batch: Batch, entityId: EntityId): void {
    this.#collection.stageDelete(batch, entityId);
  }

  stage(batch: Batch, entityId: EntityId, stats: StoredEntityStats): void {
    this.#collection.stagePut(batch, entityId, stats);
  }
}
