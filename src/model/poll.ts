import type { EntityId } from "./entity.ts";

/** A read of an entity that was seen: its `last_reported` stood at `time` (ms since 1970), changed value or not. */
export interface Poll {
  readonly entityId: EntityId;
  readonly time: number;
  /** The entity had no value afterwards: the device did not answer. */
  readonly failed?: true;
}

/**
 * A stretch in which `last_reported` was looked at without a pause. Gaps between polls mean something inside one, and to the
 * next one when that begins where this one ends.
 */
export interface PollBurst {
  readonly from: number;
  readonly to: number;
  /** Milliseconds from one look to the next: reads closer to each other than this may have been missed. */
  readonly period: number;
  readonly polls: readonly Poll[];
}
