import type { EntityId } from "./entity.ts";

/**
 * One observed state. Its identity is entity, time and text: the same sample seen twice (live and from history) is one.
 */
export interface Sample {
  readonly entityId: EntityId;
  /** When the state came into being (Home Assistant's `last_changed`), whole milliseconds since 1970. */
  readonly time: number;
  /** The text exactly as Home Assistant printed it; `unavailable` and `unknown` are states like any other. */
  readonly state: string;
}

export const unavailable = "unavailable";
export const unknown = "unknown";

/** True for the two states in which there is no value. */
export function isMissing(state: string): boolean {
  return state === unavailable || state === unknown;
}

/** Home Assistant's longest state. */
export const longestState = 255;

/** Seconds since 1970 with microseconds, as Home Assistant sends them, as whole milliseconds. */
export function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1_000);
}
