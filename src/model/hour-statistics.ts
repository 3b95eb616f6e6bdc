import type { EntityId } from "./entity.ts";

/** One hour of Home Assistant's long-term statistics, which it keeps for ever. Values in the entity's unit. */
export interface HourStatistics {
  readonly entityId: EntityId;
  /** ms since 1970, a whole hour. */
  readonly start: number;
  /** Weighted by time. These three are absent of what only grows. */
  readonly mean?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  /** At the end of the hour; these two are absent of what is only measured. */
  readonly state?: number;
  /** Growth since the beginning of the statistics, resets taken out. */
  readonly sum?: number;
}
