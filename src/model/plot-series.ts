import type { EntityId } from "./entity.ts";

/** A stretch of an entity's values, thin enough to be drawn. */
export interface PlotSeries {
  readonly entityId: EntityId;
  /** ms since 1970, [from, to). */
  readonly from: number;
  readonly to: number;
  /** Ascending, ms since 1970; a value stands until the next time. */
  readonly times: readonly number[];
  /** Numbers, or places in `texts`; null: no value from then on. */
  readonly values: readonly (number | null)[];
  /** The texts that occur, in the order they came; absent of numbers. */
  readonly texts?: readonly string[];
  /** False: of each stretch of time only the least and the greatest value. */
  readonly isWhole: boolean;
  /** All that is stored: ms since 1970; absent of nothing. */
  readonly extent?: { readonly first: number; readonly last: number; readonly samples: number };
  readonly reads: RecentReads;
}

/** Reads that were seen, as far as they are still remembered. */
export interface RecentReads {
  /** Times of reads, ascending, ms since 1970. */
  readonly times: readonly number[];
  /** Stretches in which it was looked for reads, [from, to), ascending. */
  readonly looked: readonly (readonly [from: number, to: number])[];
}
