import type { HourlyRecord } from "./hourly-record.ts";
import type { StoredChunk } from "./stored-chunk.ts";

/** What is too much of the store for an overview. */
export interface StorageDetail {
  /** Oldest first. */
  readonly chunks: readonly StoredChunk[];
  /** Newest first. */
  readonly backups: readonly { readonly name: string; readonly time: number }[];
  /** Of the last 31 days, oldest first. */
  readonly hours: readonly HourlyRecord[];
}
