import type { EntityId } from "./entity.ts";

/** The time between reads that an entity really gets. */
export interface EffectiveInterval {
  readonly entityId: EntityId;
  readonly seconds: number;
  /** `last-reported`: reads were seen. `changes`: from the comb that reads leave in the times between changes. */
  readonly origin: "last-reported" | "changes";
  /** Standard deviation of the gaps, in seconds; absent where they are not known one by one. */
  readonly jitter?: number;
  /** Gaps between reads behind the figure. */
  readonly gaps: number;
  /** When the last read behind it was seen, ms since 1970; the reads of a timer follow it in whole intervals: its phase. */
  readonly asOf: number;
}
