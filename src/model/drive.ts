import type { EntityId } from "./entity.ts";

export const driveStates = ["off", "waiting", "learning", "driving", "yielding", "paused"] as const;

/**
 * `waiting`: it may not read, the sentence says why; `learning`: all are read alike until enough is known of them; `driving`: each when it is worth it; `yielding`: slower, as reads take longer than they should
 * or fail; `paused`: somebody writes.
 */
export type DriveState = (typeof driveStates)[number];

/** What the drive does on one bus. */
export interface BusDrive {
  readonly busId: string;
  readonly state: DriveState;
  readonly entities: number;
  /** Share of the bus that it may take now, and that it took in the last ten seconds. */
  readonly allowance: number;
  readonly load: number;
  readonly readsPerSecond: number;
  /** From the request to its answer: of the newest read, and the shortest of each entity, on average. Absent before the first read. */
  readonly roundTripSeconds?: number;
  readonly serviceSeconds?: number;
  /** Reads since the start, and those that were not answered. */
  readonly reads: number;
  readonly failures: number;
  /** What it does, in a sentence for the owner of the house. */
  readonly sentence: string;
}

export interface DriveOverview {
  readonly buses: readonly BusDrive[];
  /** Seconds between the reads of each entity that is driven, if all goes on as it was. */
  readonly seconds: ReadonlyMap<EntityId, number>;
}

/** An entity that the drive may read. */
export interface DrivenEntity {
  readonly entityId: EntityId;
  /** The device on the bus: one that is silent is silent for all of its registers. */
  readonly unit?: number;
  /** Somebody wants it as fresh as it can be. */
  readonly wanted: boolean;
  /** It is not read sooner than this after its last read; seconds. */
  readonly least: number;
  /** It is read before others after so many seconds. @default as the turns say */
  readonly most?: number;
}

/** A bus on which there is something to drive. */
export interface DriveTarget {
  readonly busId: string;
  readonly entities: readonly DrivenEntity[];
  /** Share of the bus that driven reads may take at most: what the others leave of the budget. */
  readonly allowance: number;
  /** Seconds of one read, until the drive has measured it. */
  readonly serviceSeconds: number;
}
