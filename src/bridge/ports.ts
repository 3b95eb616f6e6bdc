import type { Delivery } from "#model/delivery.ts";
import type { EntityId } from "#model/entity.ts";

/** Where samples go. */
export interface SamplePort {
  /** Takes a live delivery at once, or answers false when there is no room: its samples are then asked for again later. */
  offer(delivery: Delivery): boolean;
  /** Takes a delivery from history, waiting for room. */
  deliver(delivery: Delivery): Promise<void>;
}

/** What is stored already, so that nothing is asked for in vain and nothing is missed. */
export interface ResumePoint {
  readonly coveredUntil?: number;
  readonly backfilled: ReadonlySet<EntityId>;
}
