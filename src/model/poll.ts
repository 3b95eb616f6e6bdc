import type { EntityId } from "./entity.ts";

/** A read of an entity that was seen: its `last_reported` stood at `time` (ms since 1970), changed value or not. */
export interface Poll {
  readonly entityId: EntityId;
  readonly time: number;
}

/**
 * A stretch in which `last_reported` was looked at so often that no poll can have been missed between two sightings.
 * Polls are only comparable inside one.
 */
export interface PollBurst {
  readonly from: number;
  readonly to: number;
  readonly polls: readonly Poll[];
}
