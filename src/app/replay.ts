import type { Clock } from "#core/clock.ts";
import { matchesAny } from "#core/glob.ts";
import type { Logger } from "#core/logger.ts";
import { normalize } from "#ingest/normalize.ts";
import { Repository } from "#repository/repository.ts";
import type { SourceProblem } from "#sources/source.ts";
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
      for await (const { samples, problems, share } of source.read()) {
        signal.throwIfAborted();
        const readings = samples
          .filter(({ entityId }) => wanted(entityId))
          .map(normalize)
          .filter((reading) => reading !== undefined);
        for (const { entityId } of readings) totals.entities.add(entityId);
        totals.samples += readings.length;
        totals.stored += await learning.take({ readings, backfilled: [], closedGaps: [] });
        totals.problems += problems.length;
        for (const problem of problems) onProblem(source.path, problem);
        onProgress(source.path, share, totals);
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
