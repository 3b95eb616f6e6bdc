import type { EntityId } from "#model/entity.ts";
import type { Rename } from "#model/rename.ts";
import type { Batch, Collection, Document, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

interface Coverage {
  /** Everything Home Assistant told up to this time (ms since 1970, its clock) is in the store. */
  readonly coveredUntil: number;
}

/** What the daemon must know to go on where it was, whatever ended it. */
export class RuntimeStateRepository {
  readonly #coverage: Document<Coverage>;
  readonly #backfilled: Collection<number>;
  #coveredUntil: number | undefined;
  readonly #known = new Set<EntityId>();

  private constructor(storage: Storage) {
    this.#coverage = storage.document<Coverage>({ name: "coverage", version: 1 });
    this.#backfilled = storage.collection<number>({ name: "backfilled", version: 1 });
  }

  static async open(storage: Storage): Promise<RuntimeStateRepository> {
    const repository = new RuntimeStateRepository(storage);
    repository.#coveredUntil = (await unlessDamaged(repository.#coverage.get()))?.coveredUntil;
    // Without knowing up to when, everything is asked for again; what is there is stored once.
    if (repository.#coveredUntil !== undefined) {
      for await (const key of repository.#backfilled.keys()) repository.#known.add(key);
    }
    return repository;
  }

  /** Undefined before the first connection. */
  get coveredUntil(): number | undefined {
    return this.#coveredUntil;
  }

  /** Entities whose history from before they were followed is complete. */
  get backfilled(): ReadonlySet<EntityId> {
    return this.#known;
  }

  /** Puts the new coverage into `batch`; it counts once the batch is written, see `committed`. It goes back when Home Assistant's time does. */
  stage(batch: Batch, coveredUntil: number | undefined, backfilled: readonly EntityId[]): void {
    if (coveredUntil !== undefined && coveredUntil !== this.#coveredUntil) {
      this.#coverage.stagePut(batch, { coveredUntil });
    }
    for (const entityId of backfilled) this.#backfilled.stagePut(batch, entityId, coveredUntil ?? 0);
  }

  /** See Rename; counts once the batch is written, see `renamed`. */
  stageRename(batch: Batch, { from, to }: Rename): void {
    this.#backfilled.stageDelete(batch, from);
    if (this.#known.has(from)) this.#backfilled.stagePut(batch, to, this.#coveredUntil ?? 0);
    else this.#backfilled.stageDelete(batch, to);
  }

  renamed({ from, to }: Rename): void {
    if (this.#known.delete(from)) this.#known.add(to);
    else this.#known.delete(to);
  }

  /** Says that what was staged is now stored. */
  committed(coveredUntil: number | undefined, backfilled: readonly EntityId[]): void {
    if (coveredUntil !== undefined) this.#coveredUntil = coveredUntil;
    for (const entityId of backfilled) this.#known.add(entityId);
  }
}
