import type { Advice } from "./advice.ts";
import type { Bus, BusLoad } from "./bus.ts";
import type { EffectiveInterval } from "./effective-interval.ts";
import type { BusDrive } from "./drive.ts";
import type { Entity } from "./entity.ts";
import type { EntityStatistics } from "./entity-statistics.ts";
import type { JoinedPlan } from "./joined-plan.ts";
import type { Pattern } from "./pattern.ts";
import type { PlanGain } from "./plan-gain.ts";

/**
 * `degraded`: connected, and something that should work does not, for which `cause` says what. `refused`: Home Assistant does not accept the token, and waits are
 * long. The others are the steps to a connection.
 */
export const connectionStates = [
  "disconnected",
  "connecting",
  "authenticating",
  "syncing",
  "live",
  "degraded",
  "refused",
] as const;
export type ConnectionState = (typeof connectionStates)[number];

/** Whether Home Assistant can be asked for something. */
export function isConnected(state: ConnectionState): boolean {
  return state === "live" || state === "degraded";
}

/** The connection to Home Assistant now. Times in ms since 1970. */
export interface ConnectionHealth {
  readonly state: ConnectionState;
  readonly since: number;
  /** Home Assistant's version, once known. */
  readonly version?: string;
  /** What Home Assistant cannot tell, because of its version or the user, each in a sentence. */
  readonly missing?: readonly string[];
  /** Why it is not live, in a sentence with its remedy. */
  readonly cause?: string;
  readonly nextTryAt?: number;
  readonly reconnects: number;
}

export interface IngestHealth {
  readonly entities: number;
  /** Samples taken since the daemon started. */
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly waiting: number;
  readonly outOfOrder: number;
  readonly clockJumps: number;
  /** Live samples a second over the last minute. */
  readonly ratePerSecond: number;
  /** Milliseconds from Home Assistant's stamp to ours, of the newest live sample. */
  readonly lagMilliseconds?: number;
  /** 99 of 100 live values of the last hour came sooner. */
  readonly lagP99Milliseconds?: number;
  /** Of the latest live value in this minute and the last. */
  readonly lagMostMilliseconds?: number;
  readonly gaps: number;
  readonly openGaps: number;
}

export interface StorageHealth {
  readonly status: "ok" | "full" | "failing" | "damaged";
  /** The reason of any status but `ok`, with its remedy. */
  readonly cause?: string;
  readonly series: number;
  readonly samples: number;
  readonly chunks: number;
  readonly bytes: number;
  readonly bytesPerSample: number;
  /** Oldest and newest sample, ms since 1970. */
  readonly oldest?: number;
  readonly newest?: number;
  /** Handed to the operating system since the daemon started. */
  readonly bytesWritten: number;
  /** At the rate of the last hour, back-fill left out; absent while too little was seen. */
  readonly bytesPerDay?: number;
  readonly lastCommitAt?: number;
  readonly commitMilliseconds?: number;
  readonly damagedFrames: number;
  /** Of the blocks that were asked for, those that were in memory; 0 to 1. */
  readonly cacheHitRate: number;
  /** When the store was last read back as a whole, ms since 1970, and whether all of it was good; absent before the first time. */
  readonly verified?: { readonly at: number; readonly ok: boolean };
  /** ms since 1970; absent before the first backup. */
  readonly lastBackupAt?: number;
  readonly freeDiskBytes?: number;
  /** How far a check is that reads the store back now. */
  readonly verifying?: { readonly done: number; readonly of: number };
  /** What is done to the store now, beside taking values. */
  readonly activity: "idle" | "verifying" | "backing_up" | "compacting";
}

export type LegacyImport = "none" | "taken" | "failed";

export interface EntityOverview {
  readonly entity: Entity;
  readonly busId?: string;
  readonly statistics?: EntityStatistics;
  readonly interval?: EffectiveInterval;
  readonly advice?: Advice;
  /** Seconds after which the device itself has a new value, where that is clearly slower than the reads. */
  readonly refreshSeconds?: number;
  /** The most telling of what it does. */
  readonly pattern?: Pattern;
  /** The cluster's id. */
  readonly cluster?: string;
  /** Seconds between its reads as they are set in the configuration, 0 for on demand; absent where that is not known. */
  readonly configuredSeconds?: number;
  /** Seconds between its reads as the drive expects them; absent of what it does not read. */
  readonly drivenSeconds?: number;
}

export interface BusOverview {
  readonly bus: Bus;
  readonly load: BusLoad;
  /** Share of it that reads should take at most. */
  readonly budget: number;
  /** Share of its entities that have no value now. */
  readonly missing: number;
  /** What matters about this bus, in one plain sentence. */
  readonly sentence: string;
  /** What the plan for it gains; absent while too little was seen. */
  readonly plan?: PlanGain & { readonly sentence: string };
  /** What an integration could do that joins neighbouring registers. */
  readonly joined?: JoinedPlan;
  /** What the drive does on it; absent while it does nothing. */
  readonly drive?: BusDrive;
}

/** All that the sensors, the panel and the report say, at one moment. */
export interface Overview {
  readonly at: number;
  readonly product: { readonly version: string; readonly demo: boolean; readonly startedAt: number };
  readonly connection: ConnectionHealth;
  readonly ingest: IngestHealth;
  readonly storage: StorageHealth;
  /** Why our sensors in Home Assistant are not kept up to date; empty while they are. */
  readonly publishing: { readonly cause?: string };
  /** What became of what the older Python package has left. */
  readonly legacyImport: LegacyImport;
  /** Share of each bus that reads should take at most. */
  readonly budget: number;
  /** Whether entities are read by the program itself. */
  readonly drive: { readonly isOn: boolean };
  /** Worst first. */
  readonly buses: readonly BusOverview[];
  /** By share of the bus, largest first. */
  readonly entities: readonly EntityOverview[];
}
