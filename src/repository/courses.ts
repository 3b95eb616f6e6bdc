import type { EntityId } from "#model/entity.ts";
import type { Batch, Collection, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** The course of one entity, as the stages' own snapshots; the repository does not look inside. */
export interface StoredCourse {
  readonly trace: unknown;
  readonly windows: unknown;
}

/** What is too large to be saved every hour. It can always be made again from the samples. */
export class CourseRepository {
  readonly #collection: Collection<StoredCourse>;

  constructor(storage: Storage) {
    this.#collection = storage.collection<StoredCourse>({ name: "courses", version: 1 });
  }

  /** Undefined also for a damaged record: it is made again. */
  get(entityId: EntityId): Promise<StoredCourse | undefined> {
    return unlessDamaged(this.#collection.get(entityId));
  }

  stage(batch: Batch, entityId: EntityId, course: StoredCourse): void {
    this.#collection.stagePut(batch, entityId, course);
  }

  stageDelete(batch: Batch, entityId: EntityId): void {
    this.#collection.stageDelete(batch, entityId);
  }
}
