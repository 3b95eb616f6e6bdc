import type { EntityId } from "./entity.ts";

/** The last day of an entity in few strokes. */
export interface SparkLine {
  readonly entityId: EntityId;
  /** Mean of each half hour, oldest first; null where there was no number. */
  readonly values: readonly (number | null)[];
}
