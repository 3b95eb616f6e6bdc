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
  /** How far the file has been read, 0 to 1; for progress. */
  readonly share: number;
}

/** A file from which samples come. Reading it twice gives the same. Throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE. */
export interface Source {
  readonly path: string;
  read(): AsyncIterable<SourceBatch>;
}
