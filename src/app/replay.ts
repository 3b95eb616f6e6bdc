import type { Clock } from "#core/clock.ts";
import { matchesAny } from "#core/glob.ts";
import type { Logger } from "#core/logger.ts";
import { normalize } from "#ingest/normalize.ts";
import type { EntityId } from "#model/entity.ts";
import { Repository } from "#repository/repository.ts";
import type { ReadOptions, Source, SourceProblem } from "#sources/source.ts";
import { openSource } from "#sources/open-source.ts";
import type { Storage } from "#storage/index.ts";
import { Knowledge } from "./knowledge.ts";
import { Learning } from "./learning.ts";

export interface ReplayOptions {
  readonly storage: Storage;
  readonly paths: readonly string[];
  /** Globs; empty means all. */
  readonly entities: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** `share` of the file at `path`, 0 to 1. */
  readonly onProgress: (path: string, share: number, totals: ReplayTotals) => void;
  readonly onProblem: (path: string, problem: SourceProblem) => void;
}

export interface ReplayTotals {
  /** In the files, of the entities asked for. */
  samples: number;
  /** New to the store. */
  stored: number;
  problems: number;
  readonly entities: Set<string>;
}

/** What is read twice when a replay is cut off; a place in the file costs a write. */
const samplesBetweenPlaces = 200_000;

/** Files through the same way as live states: stored, then learned from. Throws SOURCE_*, STORE_*, ABORTED. */
export async function replay(options: ReplayOptions): Promise<ReplayTotals> {
  const { storage, paths, clock, logger, signal, onProgress, onProblem } = options;
  const wanted = options.entities.length === 0 ? (): boolean => true : matchesAny(options.entities);
  const sources = await Promise.all(paths.map(openSource));
  const repository = await Repository.open(storage);
  const learning = new Learning({ repository, knowledge: new Knowledge(), logger, clock });
  const totals: ReplayTotals = { samples: 0, stored: 0, problems: 0, entities: new Set() };
  await learning.start();
  try {
    for (const source of sources) {
      const place = new Place(repository, source, options.entities);
      try {
        for await (const { samples, problems, share, position, ...past } of source.read(await place.options(wanted))) {
          signal.throwIfAborted();
          const readings = samples
            .filter(({ entityId }) => wanted(entityId))
            .map(normalize)
            .filter((reading) => reading !== undefined);
          for (const { entityId } of readings) totals.entities.add(entityId);
          totals.samples += readings.length;
          totals.stored += await learning.take({ readings, renamed: [], backfilled: [], closedGaps: [] });
          await learning.takePast(past);
          await place.reached(position, readings.length);
          totals.problems += problems.length;
          for (const problem of problems) onProblem(source.path, problem);
          onProgress(source.path, share, totals);
        }
      } finally {
        await place.save();
      }
    }
  } finally {
    await learning.stop();
  }
  // Nothing comes after it for a while: the log would only be large, and slow to open.
  await storage.series.flush();
  await storage.tidy({ denseBefore: Number.NEGATIVE_INFINITY });
  return totals;
}

/** How far a source was read and stored, so that another replay goes on there. */
class Place {
  readonly #repository: Repository;
  readonly #source: Source;
  readonly #entities: readonly string[];
  #key: string | undefined;
  #position: string | undefined;
  #samples = 0;

  constructor(repository: Repository, source: Source, entities: readonly string[]) {
    this.#repository = repository;
    this.#source = source;
    this.#entities = entities;
  }

  async options(wanted: (entityId: EntityId) => boolean): Promise<ReadOptions> {
    const identity = await this.#source.identity();
    if (identity === undefined) return { wanted };
    // With other entities asked for, rows that were read are wanted as well.
    this.#key = `${identity} ${this.#entities.toSorted().join(",")}`;
    const after = await this.#repository.imports.position(this.#key);
    return after === undefined ? { wanted } : { wanted, after };
  }

  /** Everything up to the position is stored. */
  async reached(position: string | undefined, samples: number): Promise<void> {
    this.#position = position ?? this.#position;
    this.#samples += samples;
    if (this.#samples >= samplesBetweenPlaces) await this.save();
  }

  async save(): Promise<void> {
    const [key, position] = [this.#key, this.#position];
    this.#samples = 0;
    if (key !== undefined && position !== undefined)
      await this.#repository.commit((batch) => this.#repository.imports.stage(batch, key, position));
    this.#position = undefined;
  }
}
