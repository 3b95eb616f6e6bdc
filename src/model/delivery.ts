import type { EntityId } from "./entity.ts";
import type { Gap } from "./gap.ts";
import type { Rename } from "./rename.ts";
import type { Sample } from "./sample.ts";

/**
 * Samples on their way in, with what their arrival proves. Deliveries are processed in the order in which they were
 * accepted, and what a delivery states is stored in one batch with its samples.
 */
export interface Delivery {
  readonly origin: "live" | "snapshot" | "history";
  readonly samples: readonly Sample[];
  /**
   * With this delivery, every change up to this time (ms since 1970, Home Assistant's clock) of the entities followed has
   * been delivered. Absent while a gap is open: after a crash the daemon resumes from the last value stored.
   */
  readonly coveredUntil?: number;
  /** Entities whose history from before they were followed has now been delivered in full. */
  readonly backfilled?: readonly EntityId[];
  /** Entities that go on under other ids from here on: what was delivered before is theirs. */
  readonly renamed?: readonly Rename[];
  /** Called once what the delivery holds is stored, or, with false, given up. */
  readonly onSettled?: (stored: boolean) => void;
  /** A gap that this delivery closes. */
  readonly closedGap?: Gap;
}
