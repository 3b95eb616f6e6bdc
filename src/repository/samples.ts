import type { EntityId } from "#model/entity.ts";
import type { Sample } from "#model/sample.ts";
import type { Batch, Storage } from "#storage/index.ts";

export interface SeriesExtent {
  readonly samples: number;
  readonly first: number;
  readonly last: number;
}

/** Samples by entity. Appending what is there already stores nothing. */
export class SampleRepository {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Stores samples and whatever `batch` holds as one. Resolves when both survive the end of the process. */
  async append(samples: readonly Sample[], batch?: Batch): Promise<{ stored: number; duplicates: number }> {
    const rows = samples.map(({ entityId, time, state }) => ({ series: entityId, time, state }));
    return this.#storage.series.append(rows, batch);
  }

  /** Samples in time order, `from` inclusive, `to` exclusive, a few thousand at a time. */
  async *read(entityId: EntityId, range: { from?: number; to?: number } = {}): AsyncGenerator<readonly Sample[]> {
    for await (const { times, states } of this.#storage.series.read(entityId, range)) {
      yield Array.from(times, (time, index) => ({ entityId, time, state: states.at(index) }));
    }
  }

  /** See Rename; false when nothing is stored of it. */
  rename(from: EntityId, to: EntityId, extra: Batch): Promise<boolean> {
    return this.#storage.series.rename(from, to, extra);
  }

  entityIds(): readonly EntityId[] {
    return this.#storage.series.names();
  }

  extent(entityId: EntityId): SeriesExtent | undefined {
    return this.#storage.series.info(entityId);
  }

  /** What an entity showed at a time: its newest sample before it. */
  async lastBefore(entityId: EntityId, time: number): Promise<Sample | undefined> {
    const last = await this.#storage.series.lastBefore(entityId, time);
    return last === undefined ? undefined : { entityId, ...last };
  }

  last(entityId: EntityId): Sample | undefined {
    const last = this.#storage.series.last(entityId);
    return last === undefined ? undefined : { entityId, ...last };
  }
}
