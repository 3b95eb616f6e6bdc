import type { Delivery } from "#model/delivery.ts";
import type { EntityId } from "#model/entity.ts";
import type { Sample } from "#model/sample.ts";

/** Where samples go. */
export interface SamplePort {
  /** Takes a live delivery at once, or answers false when there is no room: its samples are then asked for again later. */
  offer(delivery: Delivery): boolean;
  /** Takes a delivery from history, waiting for room. */
  deliver(delivery: Delivery): Promise<void>;
}

/** Where the past can be read without asking Home Assistant for it. */
export interface ArchivePort {
  /** Samples of entities from a time on (ms since 1970), oldest first. Throws when it cannot be reached, or breaks off: Home Assistant is asked then. */
  read(entityIds: readonly EntityId[], from: number): AsyncIterable<readonly Sample[]>;
}

/** What is stored already, so that nothing is asked for in vain and nothing is missed. */
export interface ResumePoint {
  readonly coveredUntil?: number;
  readonly backfilled: ReadonlySet<EntityId>;
}
