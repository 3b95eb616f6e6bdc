import type { EntityId } from "#model/entity.ts";
import type { Gap } from "#model/gap.ts";
import type { Reading } from "#model/reading.ts";
import type { Rename } from "#model/rename.ts";

/** What is stored and learned as one: readings in order of arrival, and what their arrival proves. */
export interface IntakeBatch {
  readonly readings: readonly Reading[];
  /** See Delivery. */
  readonly coveredUntil?: number;
  /** Before the readings. */
  readonly renamed: readonly Rename[];
  readonly backfilled: readonly EntityId[];
  readonly closedGaps: readonly Gap[];
}
