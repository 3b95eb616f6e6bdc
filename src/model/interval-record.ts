import type { EntityId } from "./entity.ts";

/** One decision about how often an entity is read. */
export interface IntervalRecord {
  readonly entityId: EntityId;
  /** ms since 1970. */
  readonly time: number;
  /** Seconds from read to read from then on. */
  readonly interval: number;
  /** Seconds before; absent when it was not known. */
  readonly before?: number;
  /** Why, in a sentence. */
  readonly reason: string;
  /** Who decided: `advice`, `legacy` … */
  readonly origin: string;
  /** What else was written with a record that comes from elsewhere, under the names it had. */
  readonly extra?: Readonly<Record<string, unknown>>;
}
