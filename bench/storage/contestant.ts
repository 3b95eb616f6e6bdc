import type { Batch } from "./workload.ts";

/** One entity of a workload. */
export interface BenchEntity {
  readonly id: number;
  readonly entityId: string;
  readonly kind: string;
  count: number;
}

/** What a storage has to do to be compared. Times in ms since 1970, `to` exclusive. */
export interface Contestant {
  open(): Promise<void> | void;
  /** In order of time; resolves when it is acknowledged. */
  append(batch: Batch): Promise<void> | void;
  /** Whatever makes it small, then closes it. */
  finish(): Promise<void>;
  openForReading(): Promise<void>;
  /** All values of an entity: how many, and the sum of those that are numbers. */
  scan(entity: BenchEntity): Promise<{ count: number; sum: number }>;
  /** Values of a stretch of time, in memory; how many. */
  range(entity: BenchEntity, from: number, to: number): Promise<number>;
  /** The newest value of each entity; how many have one. */
  last(entities: readonly BenchEntity[]): Promise<number>;
  close(): Promise<void>;
}

export interface ContestantOptions {
  /** An empty folder of its own. */
  readonly directory: string;
  /** Synced to the disk before a batch is acknowledged. */
  readonly fsync: boolean;
  readonly entities: readonly BenchEntity[];
}

export type MakeContestant = (options: ContestantOptions) => Contestant | Promise<Contestant>;
