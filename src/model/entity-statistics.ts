import type { EntityId } from "./entity.ts";

export type EntityKind = "constant" | "counter" | "binary" | "enum" | "numeric" | "text" | "unavailable" | "unknown";

/** Rate at which a value changes, from polled observation. */
export interface ChangeRate {
  /** Changes an hour. */
  readonly perHour: number;
  readonly lowPerHour: number;
  readonly highPerHour: number;
  /** Every poll found another value: the true rate may be anything above. */
  readonly lowerBound: boolean;
  /** Polls and changes behind the estimate. */
  readonly polls: number;
  readonly changes: number;
}

/** What is known of one entity. Times in ms since 1970; values in the entity's unit; absent = not known. */
export interface EntityStatistics {
  readonly entityId: EntityId;
  readonly kind: EntityKind;
  readonly samples: number;
  /** Samples whose text differs from the one before, missing states left out. */
  readonly changes: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly lastState: string;
  readonly lastChange: number;
  /** Share of the observed time in which there was a value. */
  readonly availability: number;
  readonly outages: number;
  /** Weighted by the time each value was shown. */
  readonly mean?: number;
  readonly deviation?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  /** The step of the value: the greatest common step of all differences. */
  readonly resolution?: number;
  /** Standard deviation of what is no movement: what a smooth line leaves of three values in a row. */
  readonly noise?: number;
  readonly changeRate?: ChangeRate;
  /** Seconds in which the value moves by what a person would notice (2 % of its range, at least one step), while it moves. */
  readonly secondsToMove?: number;
  /** Half the mean squared step over the variance (von Neumann's ratio): near 1 for white noise, near 0 for what moves smoothly. */
  readonly roughness?: number;
}
