import type { EntityId } from "./entity.ts";

/** A time as it was written. Where the text has no zone and none is known, or the hour exists twice, `time` is absent. */
export interface WrittenTime {
  readonly text: string;
  /** ms since 1970. */
  readonly time?: number;
}

/** What the older Python package knew of an entity, freshest record of all its files. Rates and counts are what that package wrote, right or wrong. */
export interface LegacyStatistics {
  /** The key of the record: an entity id, a name of a register map, or a number of seconds, under which several entities were mixed up. */
  readonly name: string;
  /** Absent where `name` is no entity id. */
  readonly entityId?: EntityId;
  /** The file the record stood in. */
  readonly source: string;
  /** When it was written, ms since 1970. */
  readonly updated?: number;
  readonly polls?: number;
  readonly errors?: number;
  readonly changes?: number;
  readonly wastedPolls?: number;
  /** Percent. */
  readonly successRate?: number;
  /** Percent of polls. */
  readonly changePercentage?: number;
  /** Percent. */
  readonly pollingEfficiency?: number;
  /** 3600 / configured interval. */
  readonly pollsPerHour?: number;
  /** Seconds. */
  readonly secondsBetweenChanges?: number;
  /** Seconds. */
  readonly secondsSinceChange?: number;
  /** Milliseconds. */
  readonly responseTime?: number;
  /** Seconds. */
  readonly recommendedInterval?: number;
  /** Seconds. */
  readonly dynamicInterval?: number;
  /** Seconds. */
  readonly patternInterval?: number;
  /** Seconds. */
  readonly formerInterval?: number;
  /** Seconds. */
  readonly advancedInterval?: number;
  readonly registers?: number;
  readonly cluster?: string;
  readonly stuck?: boolean;
  readonly insufficientData?: boolean;
  readonly lastSuccess?: WrittenTime;
  readonly lastError?: WrittenTime;
  readonly predictedChange?: WrittenTime;
  readonly patternSince?: WrittenTime;
  readonly predictedPatternEnd?: WrittenTime;
  readonly currentPattern?: number;
  readonly nextPattern?: number;
  /** Percent. */
  readonly patternConfidence?: number;
  readonly patternCriteria?: readonly string[];
  /** Newest last; null where the register held no number, whole numbers beyond 2^53 as text. */
  readonly recentValues?: readonly (string | number | boolean | null)[];
  /** Everything else, under the names it had. */
  readonly extra: Readonly<Record<string, unknown>>;
}
