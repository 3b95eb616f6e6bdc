import { Breath } from "#core/breathe.ts";
import { formatBytes } from "#core/bytes.ts";
import type { Clock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import { type ChunkKeys, FileStore, type FileStoreStatus } from "./backends/file-store.ts";
import type { VerifyOptions, VerifyReport } from "./backends/file-store-verify.ts";
import type { Batch } from "./batch.ts";
import { Collection, type CollectionSpec } from "./collection.ts";
import { fromLatin1 } from "./chunk/batch-frame.ts";
import { describeKey } from "./describe-key.ts";
import { Document } from "./document.ts";
import { KeySpace, keyOf, keyText, prefixRange } from "./keys.ts";
import { Backups } from "./maintenance/backups.ts";
import { parseBlockKey } from "./series/block-summary.ts";
import { SeriesStore } from "./series/series-store.ts";
import { openDiskVolume } from "./volume/disk-volume.ts";
import type { Volume } from "./volume/volume.ts";

export interface StorageOptions {
  /** A folder, or a volume in tests. */
  readonly at: string | Volume;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Make the folder when it is missing. @default false */
  readonly create?: boolean;
  /** @default false */
  readonly readOnly?: boolean;
  /** Milliseconds; see FileStoreOptions. @default 10000 */
  readonly commitInterval?: number;
}

export interface StorageStatus extends FileStoreStatus {
  readonly series: number;
  readonly samples: number;
  /** All files over all samples; 0 while there are none. */
  readonly bytesPerSample: number;
  readonly oldest?: number;
  readonly newest?: number;
  readonly freeDiskBytes?: number;
  /** Of the decoded blocks that were asked for, those that were in memory; 0 before the first. */
  readonly cacheHitRate: number;
}

export interface TidyOptions {
  /** Blocks that end before this time are made dense. ms since 1970. */
  readonly denseBefore: number;
  /** Blocks that end before this time go. @default none */
  readonly expireBefore?: number;
  /** When the files are larger than this, in bytes, the oldest blocks go. @default unlimited */
  readonly mostBytes?: number;
}

export interface TidyReport {
  /** Dense blocks that were made. */
  readonly blocks: number;
  /** Samples that went because they were too old or too many. */
  readonly samples: number;
  /** Chunks that were rewritten. */
  readonly chunks: number;
}

/** What a repair did, in words: `1,024 values of sensor.a from … to … UTC`. */
export interface StorageRepair {
  readonly faults: number;
  readonly filled: readonly string[];
  readonly lost: readonly string[];
  /** Faults that are still there. */
  readonly left: number;
}

/** One file and what of it counts. Times in ms since 1970. */
export interface ChunkContent {
  readonly name: string;
  readonly bytes: number;
  /** `merged`: mostly dense blocks; `written`: as it came; `open`: still written to. */
  readonly state: "merged" | "written" | "open";
  /** Of the blocks in it. */
  readonly samples: number;
  readonly series: number;
  /** First and last of them; absent where there is no block. */
  readonly from?: number;
  readonly to?: number;
}

/** With less than this the disk is called full, before it refuses anything: values go into room that the log has set aside. */
const fewestFreeBytes = 1_000_000;
const nearlyAllLive = 0.95;
const worthAnotherPass = 0.99;

function contentOf({ name, bytes, sealed, keys }: ChunkKeys): ChunkContent {
  const blocks = keys
    .filter((key) => key.charCodeAt(0) === KeySpace.block)
    .map((key) => parseBlockKey(fromLatin1(key)));
  const samples = blocks.reduce((sum, { count }) => sum + count, 0);
  const dense = blocks.reduce((sum, { effort, count }) => sum + (effort === "dense" ? count : 0), 0);
  return {
    name,
    bytes,
    state: sealed ? (dense > samples / 2 ? "merged" : "written") : "open",
    samples,
    series: new Set(blocks.map(({ seriesId }) => seriesId)).size,
    ...(blocks.length === 0
      ? {}
      : {
          from: blocks.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY),
          to: blocks.reduce((greatest, { last }) => Math.max(greatest, last), Number.NEGATIVE_INFINITY),
        }),
  };
}

function nearlyFull(freeBytes: number): CadenceError {
  return new CadenceError("STORE_FULL", `The disk has ${formatBytes(freeBytes)} left.`, {
    remedy: "Make room: values still come in for a while, larger things cannot be saved.",
  });
}

/** Everything that is kept, behind one door: samples by series, documents by collection, one batch for both. */
export class Storage implements AsyncDisposable {
  readonly series: SeriesStore;
  readonly #store: FileStore;
  readonly #volume: Volume;

  private constructor(store: FileStore, volume: Volume, series: SeriesStore) {
    this.#store = store;
    this.#volume = volume;
    this.series = series;
  }

  /** Throws STORE_NOT_FOUND, STORE_NOT_WRITABLE, STORE_LOCKED, STORE_NEWER_FORMAT, STORE_IO. */
  static async open({
    at,
    clock,
    logger,
    create = false,
    readOnly = false,
    commitInterval = 10_000,
  }: StorageOptions): Promise<Storage> {
    const volume = typeof at === "string" ? await openDiskVolume(at, { create: create && !readOnly }) : at;
    const beforeMigration = async (version: number): Promise<void> => {
      if (typeof at !== "string") return;
      const { name } = await new Backups({ directory: at, clock, logger }).create();
      logger.info("The store has an older format; it was backed up before anything is changed", { version, name });
    };
    const store = await FileStore.open({ volume, clock, logger, readOnly, commitInterval, beforeMigration });
    try {
      return new Storage(store, volume, await SeriesStore.open(store, logger));
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  collection<Value>(spec: CollectionSpec): Collection<Value> {
    return new Collection<Value>(this.#store, spec);
  }

  document<Value>(spec: CollectionSpec): Document<Value> {
    return new Document<Value>(this.#store, spec);
  }

  /** Names of the collections and documents that hold something, in order; for an export. */
  async collectionNames(): Promise<readonly string[]> {
    const names = new Set<string>();
    for await (const key of this.#store.keys(prefixRange(keyOf(KeySpace.collection)))) {
      names.add(keyText(key.subarray(1, key.indexOf(0, 1))));
    }
    return [...names];
  }

  write(batch: Batch): Promise<void> {
    return this.#store.write(batch);
  }

  /** Resolves when everything acknowledged survives power loss. */
  sync(): Promise<void> {
    return this.#store.sync();
  }

  async inspect(): Promise<StorageStatus> {
    const totals = this.series.totals();
    const status = this.#store.inspect();
    const freeDiskBytes = await this.#volume.freeBytes();
    const isFull = status.status === "ok" && freeDiskBytes !== undefined && freeDiskBytes < fewestFreeBytes;
    return {
      ...status,
      ...(isFull ? { status: "full", cause: nearlyFull(freeDiskBytes).sentence } : {}),
      ...totals,
      bytesPerSample: totals.samples === 0 ? 0 : status.bytes / totals.samples,
      cacheHitRate: this.series.cache.hitRate,
      ...(freeDiskBytes === undefined ? {} : { freeDiskBytes }),
    };
  }

  /** The files as they are now. Blocks are found by their keys: nothing is read, and others get their turn between the files. */
  async chunks(): Promise<readonly ChunkContent[]> {
    const chunks: ChunkContent[] = [];
    const breath = new Breath();
    for (const chunk of this.#store.chunks()) {
      chunks.push(contentOf(chunk));
      await breath.take();
    }
    // What is in no block yet stands in the logs, the newest of which is written to.
    const { samples, series, oldest, newest } = this.series.totals();
    const inBlocks = chunks.reduce((sum, chunk) => sum + chunk.samples, 0);
    if (samples <= inBlocks || oldest === undefined || newest === undefined) return chunks;
    const from = chunks.reduce((until, { to = oldest }) => Math.max(until, to), oldest);
    return chunks.map((chunk) =>
      chunk.state === "open"
        ? { ...chunk, samples: chunk.samples + samples - inBlocks, series, from, to: newest }
        : chunk,
    );
  }

  /** Reads every byte back. What a fault costs is said in words: entity and time, or collection and key. */
  async verify(options?: VerifyOptions): Promise<VerifyReport> {
    const report = await this.#store.verify(options);
    const describe = (key: string): string => describeKey(fromLatin1(key), (id) => this.series.nameOf(id));
    return { ...report, faults: report.faults.map((fault) => ({ ...fault, lost: fault.lost.map(describe) })) };
  }

  /**
   * Mends what `verify` finds: values that cannot be read are taken from backups, newest first, or else given up, and said so in words. Damaged bytes are kept aside
   * in files `damaged-…`.
   */
  async repair(backups: Pick<Backups, "search">, options?: VerifyOptions): Promise<StorageRepair> {
    // What is in memory needs no repair: it is written anew.
    await this.series.flush();
    await using search = backups.search();
    const { faults, filled, lost, left } = await this.#store.repair((key) => search.valueOf(key), options);
    this.series.refresh({ filled: filled.map(fromLatin1), lost: lost.map(fromLatin1) });
    const describe = (key: string): string => describeKey(fromLatin1(key), (id) => this.series.nameOf(id));
    return { faults: faults.length, filled: filled.map(describe), lost: lost.map(describe), left: left.length };
  }

  /** Turns the log into blocks, joins small blocks, and rewrites chunks that are mostly superseded, until nothing is worth it. */
  async compact(onProgress?: (samples: number) => void): Promise<void> {
    await this.series.flush();
    await this.series.densify(onProgress === undefined ? {} : { onProgress });
    // What is live in a chunk beside its index is never all of it: as long as a pass still makes the store smaller.
    for (let before = Number.POSITIVE_INFINITY; this.#store.inspect().bytes < before * worthAnotherPass;) {
      before = this.#store.inspect().bytes;
      if ((await this.#store.compact(nearlyAllLive)) === 0) return;
    }
  }

  /**
   * The work of quiet hours, beside appends: joins old blocks into dense ones, removes what is older than is wanted or more than there is room for, and
   * rewrites chunks that are mostly dead.
   */
  async tidy({ denseBefore, expireBefore, mostBytes }: TidyOptions): Promise<TidyReport> {
    const blocks = await this.series.densify({ before: denseBefore });
    let samples = expireBefore === undefined ? 0 : await this.series.expire(expireBefore);
    let chunks = await this.#store.compact();
    const { bytes } = this.#store.inspect();
    if (mostBytes !== undefined && bytes > mostBytes) {
      const stored = this.series.totals().samples;
      samples += await this.series.expire(this.series.oldest(Math.ceil((1 - mostBytes / bytes) * stored)));
      chunks += await this.#store.compact();
    }
    return { blocks, samples, chunks };
  }

  /** Idempotent. The log stays a log: closing is quick, and the next opening reads it. */
  async close(): Promise<void> {
    await this.series.close();
    await this.#store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
