import type { EntityId } from "#model/entity.ts";
import type { HourStatistics } from "#model/hour-statistics.ts";
import type { ReadGap } from "#model/read-gap.ts";
import type { Sample } from "#model/sample.ts";

/** Something in a file that is no sample; the others are taken. */
export interface SourceProblem {
  /** From 1; 0 where the file has no lines. */
  readonly line: number;
  readonly text: string;
}

/** Samples of a file, a few thousand at a time. What belongs to one entity and millisecond is never split over two batches. */
export interface SourceBatch {
  readonly samples: readonly Sample[];
  readonly problems: readonly SourceProblem[];
  /** Where the source knows of reads that brought nothing new; in the order of their ends. */
  readonly readGaps?: readonly ReadGap[];
  /** Of the past of which it has no samples any more. */
  readonly hours?: readonly HourStatistics[];
  /** How far the file has been read, 0 to 1; for progress. */
  readonly share: number;
  /** Where a later reading may go on once this batch is stored; absent where that cannot be told. */
  readonly position?: string;
}

export interface ReadOptions {
  /** Samples of others may be left out. @default all */
  readonly wanted?: (entityId: EntityId) => boolean;
  /** Earlier samples (ms since 1970) may be left out. @default none */
  readonly from?: number;
  /** A `position` of an earlier reading; only of a source of the same identity. */
  readonly after?: string;
}

/** A file from which samples come. Reading it twice gives the same. Throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE. */
export interface Source {
  readonly path: string;
  /**
   * Names the source when its batches have positions, because rows are only ever added behind those that were read; the same after it was moved, another when
   * something else took its place. Undefined of a source that is always read from its beginning.
   */
  identity(): Promise<string | undefined>;
  read(options?: ReadOptions): AsyncIterable<SourceBatch>;
}
