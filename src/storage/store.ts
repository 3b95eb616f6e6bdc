import type { Batch } from "./batch.ts";

/** Keys in bytewise order; `from` inclusive, `to` exclusive, either may be absent. */
export interface KeyRange {
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
  /** Largest key first. @default false */
  readonly reverse?: boolean;
  /** At most so many entries. */
  readonly limit?: number;
}

export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** What a backend can do; asked instead of its name. */
export interface Capabilities {
  /** What `write` has acknowledged survives the end of the process. */
  readonly durable: boolean;
  /** `bulk` lays large batches down without writing them twice. */
  readonly bulk: boolean;
}

/** Longest key, in bytes. */
export const longestKey: number = 1_024;
/** Largest value, in bytes. */
export const largestValue: number = 64 * 1024 * 1024;

/**
 * Ordered bytes: the one thing a backend is. Errors: STORE_CLOSED after close, STORE_KEY_INVALID, STORE_VALUE_INVALID,
 * STORE_FULL, STORE_IO, STORE_CORRUPT (with file and offset).
 */
export interface Store extends AsyncDisposable {
  readonly capabilities: Capabilities;
  /** Undefined when absent. The result is the caller's own. */
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** Entries as they stood when the iteration began. Values are read as the caller goes along. */
  range(range?: KeyRange): AsyncIterable<Entry>;
  /** The keys alone, from memory where the backend can. */
  keys(range?: KeyRange): AsyncIterable<Uint8Array>;
  /** Resolves when the batch survives `kill -9`: all of it, or on rejection nothing of it. */
  write(batch: Batch): Promise<void>;
  /** As `write`, for large batches that are final when laid down: durable against power loss when it resolves. */
  bulk(batch: Batch): Promise<void>;
  /** Resolves when everything acknowledged survives power loss too. */
  sync(): Promise<void>;
  /** Idempotent; syncs first. */
  close(): Promise<void>;
}
