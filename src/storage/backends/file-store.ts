// Over 400 lines: writing, committing, sealing, compacting and recovering change the same few fields under one mutex; their
// helpers stand in files of their own, and what is left would only be torn apart.
import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "#core/clock.ts";
import { CadenceError, isCadenceError, isCorruption, toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import { Mutex } from "#core/mutex.ts";
import { WorkQueue } from "#core/work-queue.ts";
import { Batch, type Operation } from "../batch.ts";
import { fromLatin1, latin1, type PlacedOperation } from "../chunk/batch-frame.ts";
import { readPackedFrame, readValue, valueIn } from "../chunk/chunk-reader.ts";
import { ChunkWriter } from "../chunk/chunk-writer.ts";
import { chunkIdOf, chunkName, formatVersion } from "../chunk/chunk-format.ts";
import { type Manifest, replaceManifest } from "../chunk/manifest.ts";
import type { Capabilities, Entry, KeyRange, Store } from "../store.ts";
import type { Volume } from "../volume/volume.ts";
import { appendInParts, asPuts, lastOfEachKey } from "./bulk-batches.ts";
import { checkBatch, checkKey, storeClosed } from "./checks.ts";
import { ChunkSet, type ChunkState, locationOf } from "./chunk-set.ts";
import { loadChunks, quarantine, type RecoveryReport } from "./file-store-loader.ts";
import { type StoreFault, verifyChunks, type VerifyOptions, type VerifyReport } from "./file-store-verify.ts";
import type { Location } from "./key-index.ts";
import { retiringChunks, type WorthRewriting, worthKeeping } from "./retirement.ts";
import { StandingFailure } from "./standing-failure.ts";

export interface FileStoreOptions {
  readonly volume: Volume;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds until what was written is synced; 0 = before it is acknowledged. @default 10000 */
  readonly commitInterval?: number;
  /** A log chunk above this size is sealed. @default 8 MB */
  readonly chunkBytes?: number;
  /** Room made at a time behind the end of the log: see VolumeFile.reserve. @default 256 kB */
  readonly reservedBytes?: number;
  /** Called with the version of a store of an older format before anything of it is changed; a store that is only read is not. @default nothing */
  readonly beforeMigration?: (version: number) => Promise<void>;
  /** Changes nothing and takes no lock: reads a store that another process may be writing. @default false */
  readonly readOnly?: boolean;
}

export interface FileStoreStatus {
  readonly status: "ok" | "full" | "failing" | "damaged";
  readonly cause?: string;
  readonly chunks: number;
  readonly bytes: number;
  readonly liveBytes: number;
  readonly bytesWritten: number;
  readonly lastCommitAt?: number;
  readonly commitMilliseconds?: number;
  readonly damagedFrames: number;
  readonly waiting: number;
}

interface WaitingBatch {
  readonly batch: Batch;
  readonly done: PromiseWithResolvers<void>;
}

interface PreparedBulk {
  readonly chunkId: number;
  readonly log: ChunkWriter;
}

/** What a bulk chunk takes beside its batch. */
interface BulkPlan {
  /** Live keys of retiring chunks, and where their values stand. */
  readonly carried: readonly (readonly [string, Location])[];
  readonly carriedDeletes: readonly string[];
  /** Those deletes of the batch that have something to hide. */
  readonly tombstones: ReadonlySet<Operation>;
}

/** A live value in a retiring chunk cannot be read: the chunk has to stay, and the bulk write begins again. */
class Unmovable extends Error {}

interface BulkContent {
  readonly chunkId: number;
  readonly retiring: ReadonlySet<number>;
  /** Keys that go. */
  readonly deleted: readonly string[];
  /** What was carried out of the retiring chunks, and from where. */
  readonly moved: ReadonlyMap<string, Location>;
}

export interface RepairReport {
  /** What was found. */
  readonly faults: readonly StoreFault[];
  /** Keys whose values were found elsewhere, as latin1 text. */
  readonly filled: readonly string[];
  /** Keys that are gone. */
  readonly lost: readonly string[];
  /** What could not be mended. */
  readonly left: readonly StoreFault[];
}

/** Batches that may wait for a slow disk; whoever brings one more is told so. */
const mostWaiting = 10_000;
/** More bytes than this are not left to the next commit: whoever seals a chunk waits for what is not synced. */
const mostUnsynced = 1024 * 1024;
/** A chunk with its live keys (latin1). */
export interface ChunkKeys {
  readonly name: string;
  readonly bytes: number;
  readonly sealed: boolean;
  readonly keys: readonly string[];
}

/**
 * A store on files: chunks that are appended to and never changed, found by a manifest that is replaced atomically. The index
 * of live keys is in memory and made from the chunks at every opening. See docs/format/.
 */
export class FileStore implements Store {
  readonly capabilities: Capabilities = { durable: true, bulk: true };
  readonly recovery: RecoveryReport;
  readonly #options: Required<FileStoreOptions>;
  readonly #set: ChunkSet;
  /** Guards `#manifest`, `#writer`, `#sequence` and the end of the open chunk; never held while values are read. */
  readonly #writing = new Mutex();
  /** One bulk write at a time; taken before `#writing`, never inside it. */
  readonly #bulking = new Mutex();
  /** One sync beside the writes at a time; taken before `#writing`, never inside it, and by whoever closes files. */
  readonly #syncing = new Mutex();
  /** Groups of batches on their way into a frame each: one at work, one gathering. */
  readonly #groups = new WorkQueue({ name: "writes" });
  readonly #lock: AsyncDisposable | undefined;
  #manifest: Manifest;
  #nextChunkId: number;
  /** Undefined when the end of the open chunk is unknown: the next write begins a new one. */
  #writer: ChunkWriter | undefined;
  #sequence: number;
  #syncedSequence: number;
  #waiting: WaitingBatch[] = [];
  #commitTimer: Timer | undefined;
  #unsyncedBytes = 0;
  #lastCommitAt: number | undefined;
  #commitMilliseconds: number | undefined;
  readonly #failure: StandingFailure;
  #damaged: number;
  /** Values that were met damaged while reading, by chunk and offset. */
  readonly #metDamaged = new Set<string>();
  #unpacked: { readonly chunk: number; readonly frame: number; readonly bytes: Uint8Array } | undefined;
  /** Chunks that are never rewritten, because a live value in them cannot be read. */
  readonly #unmovable = new Set<number>();
  #closing: Promise<void> | undefined;

  private constructor(
    options: Required<FileStoreOptions>,
    lock: AsyncDisposable | undefined,
    loaded: Awaited<ReturnType<typeof loadChunks>>,
  ) {
    this.#options = options;
    this.#lock = lock;
    this.#manifest = loaded.manifest;
    this.#nextChunkId = loaded.manifest.nextChunkId;
    this.#set = loaded.set;
    this.#failure = new StandingFailure(options.volume);
    this.#writer = loaded.writer;
    this.#writer?.file.reserve(options.reservedBytes);
    this.#sequence = loaded.sequence;
    this.#syncedSequence = loaded.sequence;
    this.recovery = loaded.report;
    this.#damaged = loaded.report.damaged.length;
  }

  /** Throws STORE_LOCKED, STORE_NOT_FOUND (read-only and nothing there), STORE_NEWER_FORMAT, STORE_IO. */
  static async open(given: FileStoreOptions): Promise<FileStore> {
    const options = {
      commitInterval: 10_000,
      chunkBytes: 8 * 1024 * 1024,
      reservedBytes: 256 * 1024,
      readOnly: false,
      beforeMigration: () => Promise.resolve(),
      ...given,
    };
    const lock = options.readOnly ? undefined : await options.volume.lock();
    try {
      const loaded = await loadChunks(options.volume, options.logger, {
        readOnly: options.readOnly,
        beforeMigration: options.beforeMigration,
        newStoreId: () => randomBytes(16),
      });
      return new FileStore(options, lock, loaded);
    } catch (error) {
      await lock?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    checkKey(key);
    this.#checkOpen();
    return this.#valueOf(latin1(key));
  }

  async *range(range: KeyRange = {}): AsyncGenerator<Entry> {
    this.#checkOpen();
    const entries = this.#rangeKeys(range).map((key) => ({ key, location: this.#set.index.get(key) as Location }));
    for (const { key, location } of entries) {
      const value = await this.#readAt(key, location);
      if (value !== undefined) yield { key: fromLatin1(key), value };
    }
  }

  async *keys(range: KeyRange = {}): AsyncGenerator<Uint8Array> {
    this.#checkOpen();
    for (const key of this.#rangeKeys(range)) yield fromLatin1(key);
  }

  write(batch: Batch): Promise<void> {
    try {
      this.#checkWritable();
      checkBatch(batch);
    } catch (error) {
      return Promise.reject(error);
    }
    if (this.#waiting.length >= mostWaiting) return Promise.reject(tooManyWait());
    const waiting: WaitingBatch = { batch, done: Promise.withResolvers<void>() };
    this.#waiting.push(waiting);
    // Whoever comes while a group is written waits for the next one with all the others.
    if (this.#groups.waiting === 0) void this.#groups.add(() => this.#writing.run(() => this.#writeWaiting()));
    return waiting.done.promise;
  }

  /** Never rejects: every failure goes to those who wait for it. */
  async #writeWaiting(): Promise<void> {
    const group = this.#waiting;
    this.#waiting = [];
    if (group.length === 0) return;
    const bytes = group.reduce((sum, { batch }) => sum + batch.bytes, 0);
    try {
      const writer = await this.#openWriter();
      const encoded = group.map(({ batch }) => {
        this.#sequence += 1;
        return { operations: batch.operations, sequence: this.#sequence, syncedSequence: this.#syncedSequence };
      });
      const before = writer.end;
      const placed = await writer.append(encoded);
      if (this.#options.commitInterval === 0) await this.#syncBefore(writer, before);
      for (const operations of placed) this.#set.apply(writer.id, operations);
      await this.#failure.over(bytes);
      this.#unsyncedBytes += writer.end - before;
      this.#scheduleCommit();
      for (const { done } of group) done.resolve();
    } catch (cause) {
      const error = toCadenceError(cause, "STORE_IO");
      this.#failure.note(error, bytes);
      await this.#writer?.recover().catch((failure: unknown) => this.#abandonWriter(failure));
      for (const { done } of group) done.reject(error);
    }
  }

  async #syncBefore(writer: ChunkWriter, before: number): Promise<void> {
    try {
      await this.#syncFile(writer, this.#sequence);
    } catch (error) {
      await writer.rewind(before).catch((failure: unknown) => this.#abandonWriter(failure));
      throw error;
    }
  }

  /** What stands behind the end cannot be cut off: nothing more is written there. */
  #abandonWriter(failure: unknown): void {
    this.#options.logger.warn("The open chunk could not be cut back; the next write begins a new one", {
      error: failure,
    });
    this.#writer = undefined;
  }

  async #openWriter(): Promise<ChunkWriter> {
    if (this.#writer === undefined || this.#writer.end >= this.#options.chunkBytes) await this.#roll();
    return this.#writer as ChunkWriter;
  }

  /** Seals the open chunk and begins `prepared`, else a new one. Under `#writing`. */
  async #roll(prepared?: ChunkWriter): Promise<void> {
    const old = this.#writer;
    let writer = prepared;
    try {
      if (old !== undefined) {
        await old.recover();
        await old.seal();
        const state = this.#set.chunks.get(old.id);
        if (state !== undefined) state.sealed = true;
        this.#syncedSequence = this.#sequence;
        this.#writer = undefined;
      }
      writer ??= await this.#createLog(this.#allocate(1));
      await this.#replaceManifest([...this.#manifest.chunks, writer.id]);
    } catch (error) {
      await writer?.file.close();
      throw error;
    }
    writer.file.reserve(this.#options.reservedBytes);
    this.#set.enter({ id: writer.id, file: writer.file, purpose: "log", sealed: false }, []);
    this.#writer = writer;
  }

  /** An id for a bulk chunk, and behind it a log that is safe on the disk: what can be done before the writes are held up. */
  async #prepareBulk(): Promise<PreparedBulk> {
    const chunkId = this.#allocate(2);
    return { chunkId, log: await this.#createLog(chunkId + 1) };
  }

  /** Begins what was prepared, so that the bulk chunk stands behind everything written so far. Under `#writing`; resolves with its id. */
  async #rollToBulk(prepared: PreparedBulk): Promise<number> {
    let { chunkId, log } = prepared;
    // The order of ids says what is newer: a log that was begun meanwhile has overtaken these.
    if ((this.#manifest.chunks.at(-1) ?? 0) > chunkId) {
      await log.file.close();
      await this.#options.volume.remove(chunkName(log.id));
      ({ chunkId, log } = await this.#prepareBulk());
    }
    await this.#roll(log);
    return chunkId;
  }

  /** Ids are given once: nobody else makes, or removes, a file with one of these. */
  #allocate(count: number): number {
    const first = this.#nextChunkId;
    this.#nextChunkId += count;
    return first;
  }

  /** A log chunk that is safe on the disk, and not in the manifest yet. */
  async #createLog(id: number): Promise<ChunkWriter> {
    const { volume } = this.#options;
    if ((await volume.list()).includes(chunkName(id))) await volume.remove(chunkName(id));
    const writer = await ChunkWriter.create(volume, { storeId: this.#manifest.storeId, chunkId: id, purpose: "log" });
    try {
      await writer.file.sync();
      await volume.syncDirectory();
    } catch (error) {
      await writer.file.close();
      throw error;
    }
    return writer;
  }

  async #replaceManifest(chunks: readonly number[]): Promise<void> {
    const manifest: Manifest = {
      version: formatVersion,
      storeId: this.#manifest.storeId,
      generation: this.#manifest.generation + 1,
      chunks,
      nextChunkId: this.#nextChunkId,
      nextSequence: this.#sequence + 1,
    };
    await replaceManifest(this.#options.volume, manifest);
    this.#manifest = manifest;
  }

  /** A sync when it is due, or at once when so much was written that the one before a seal would be long. */
  #scheduleCommit(): void {
    if (this.#options.commitInterval === 0) return;
    const isMuch = this.#unsyncedBytes > mostUnsynced;
    if (this.#commitTimer !== undefined && !isMuch) return;
    this.#commitTimer?.cancel();
    // Once is enough: what comes before that sync begins must not put it off.
    if (isMuch) this.#unsyncedBytes = 0;
    const wait = isMuch ? 0 : this.#options.commitInterval;
    this.#commitTimer = this.#options.clock.after(wait, () => {
      this.#commitTimer = undefined;
      this.sync().catch((error: unknown) => {
        this.#options.logger.error("What was written could not be synced to the disk", { error });
        this.#scheduleCommit();
      });
    });
  }

  /** Writes go on beside it. */
  async sync(): Promise<void> {
    if (this.#options.readOnly) return;
    await this.#syncing.run(async () => {
      const { writer, sequence } = await this.#writing.run(() => {
        this.#commitTimer?.cancel();
        this.#commitTimer = undefined;
        this.#unsyncedBytes = 0;
        return Promise.resolve({ writer: this.#writer, sequence: this.#sequence });
      });
      if (writer === undefined || this.#syncedSequence >= sequence) return;
      try {
        await this.#syncFile(writer, sequence);
      } catch (error) {
        this.#failure.note(toCadenceError(error, "STORE_IO"), 0);
        throw error;
      }
    });
  }

  /** Everything up to `sequence` is written to the file. */
  async #syncFile(writer: ChunkWriter, sequence: number): Promise<void> {
    const begun = this.#options.clock.monotonic();
    await writer.file.sync();
    this.#syncedSequence = Math.max(this.#syncedSequence, sequence);
    this.#lastCommitAt = this.#options.clock.now();
    this.#commitMilliseconds = this.#options.clock.monotonic() - begun;
  }

  async bulk(batch: Batch): Promise<void> {
    this.#checkWritable();
    checkBatch(batch);
    await this.#bulking.run(() => this.#bulk(lastOfEachKey(batch)));
  }

  /**
   * Rewrites what is live in sealed chunks of which at most the share `live` is, and in all sealed logs: those are never packed. Resolves
   * with the number of chunks that went.
   * @param live 0 to 1 @default 0.5
   */
  async compact(live: number = worthKeeping): Promise<number> {
    this.#checkWritable();
    const worth = { live, logs: true };
    return this.#bulking.run(async () =>
      this.#retiring(new Set(), worth).size === 0 ? 0 : this.#bulk(new Batch(), worth),
    );
  }

  /**
   * A chunk of its own, ordered before everything written from now on: written, sealed and synced beside the running writes,
   * and then entered in the manifest in place of the chunks it makes superfluous.
   */
  #bulk(batch: Batch, worth: WorthRewriting = { live: worthKeeping, logs: false }): Promise<number> {
    const rewritten = [...this.#retiring(new Set(), worth, this.#writer?.id)];
    const bytes = rewritten.reduce((sum, id) => sum + (this.#set.chunks.get(id)?.file.size ?? 0), batch.bytes);
    return this.#noting(bytes, () => this.#writeBulk(batch, worth));
  }

  /** What fails is part of the status until as much as this succeeds. */
  async #noting(bytes: number, work: () => Promise<number>): Promise<number> {
    try {
      const result = await work();
      await this.#failure.over(bytes);
      return result;
    } catch (cause) {
      const error = toCadenceError(cause, "STORE_IO");
      this.#failure.note(error, bytes);
      throw error;
    }
  }

  async #writeBulk(batch: Batch, worth: WorthRewriting): Promise<number> {
    // What can be done before the writes are held up need not hold them up.
    await this.sync();
    const prepared = await this.#prepareBulk();
    const keyed = batch.operations.map((operation) => ({ operation, key: latin1(operation.key) }));
    const keys = new Set(keyed.map(({ key }) => key));
    const deleted = keyed.filter(({ operation }) => operation.kind === "delete").map(({ key }) => key);
    const plan = await this.#writing.run(async () => {
      const sealedNow = this.#writer?.id;
      const chunkId = await this.#rollToBulk(prepared);
      this.#sequence += 1;
      const retiring = this.#retiring(keys, worth, sealedNow);
      const carried = [...this.#set.liveIn(retiring)].filter(([key]) => !keys.has(key));
      const carriedDeletes = [...this.#set.tombstonesIn(retiring)].filter((key) => !keys.has(key));
      const tombstones = keyed.filter(
        ({ operation: { kind }, key }) =>
          kind === "delete" && (this.#set.needsTombstone(key, retiring) || this.#survivesOutside(key, retiring)),
      );
      return {
        chunkId,
        sequence: this.#sequence,
        retiring,
        carried,
        carriedDeletes,
        tombstones: new Set(tombstones.map(({ operation }) => operation)),
      };
    });
    const moved = new Map<string, Location>();
    try {
      await this.#writeChunk(plan, {
        fill: (writer) => appendInParts(writer, this.#contentOf(batch, plan, moved), plan.sequence),
        enter: (writer, placed) => this.#enterBulk({ ...plan, deleted, moved }, writer, placed),
      });
    } catch (error) {
      if (!(error instanceof Unmovable)) throw error;
      return this.#writeBulk(batch, worth);
    }
    return plan.retiring.size;
  }

  /**
   * Everything there is becomes `entries`, in one step that is there whole or not at all. What is written meanwhile stays, as newer. Values are held only as
   * long as it takes to write them. Resolves with their number.
   */
  async replaceContent(entries: AsyncIterable<Entry>): Promise<number> {
    this.#checkWritable();
    return this.#bulking.run(() => this.#noting(this.#set.bytes, () => this.#replaceContent(entries)));
  }

  async #replaceContent(entries: AsyncIterable<Entry>): Promise<number> {
    await this.sync();
    const prepared = await this.#prepareBulk();
    const plan = await this.#writing.run(async () => {
      const chunkId = await this.#rollToBulk(prepared);
      this.#sequence += 1;
      const sealed = [...this.#set.chunks.values()].filter((chunk) => chunk.sealed).map(({ id }) => id);
      return { chunkId, sequence: this.#sequence, retiring: new Set(sealed) };
    });
    let count = 0;
    await this.#writeChunk(plan, {
      fill: async (writer) => {
        const placed = await appendInParts(writer, asPuts(entries), plan.sequence);
        count = placed.length;
        return placed;
      },
      enter: async (writer, placed) => {
        const gone = [...this.#set.liveIn(plan.retiring)].map(([key]) => key);
        await this.#enterBulk({ ...plan, deleted: [], moved: new Map() }, writer, placed);
        for (const key of gone) {
          const location = this.#set.index.get(key);
          if (location !== undefined && plan.retiring.has(location.chunk)) this.#set.delete(key, plan.chunkId);
        }
      },
    });
    return count;
  }

  /** A bulk chunk: written and sealed beside the running writes, then entered under `#writing` in place of those that retire. */
  async #writeChunk(
    plan: { readonly chunkId: number; readonly retiring: ReadonlySet<number> },
    work: {
      readonly fill: (writer: ChunkWriter) => Promise<readonly PlacedOperation[]>;
      readonly enter: (writer: ChunkWriter, placed: readonly PlacedOperation[]) => Promise<void>;
    },
  ): Promise<void> {
    const { volume } = this.#options;
    const name = chunkName(plan.chunkId);
    if ((await volume.list()).includes(name)) await volume.remove(name);
    const writer = await ChunkWriter.create(volume, {
      storeId: this.#manifest.storeId,
      chunkId: plan.chunkId,
      purpose: "bulk",
    });
    let entering = false;
    try {
      const placed = await work.fill(writer);
      await writer.seal();
      await volume.syncDirectory();
      entering = true;
      await this.#writing.run(() => work.enter(writer, placed));
    } catch (cause) {
      await writer.file.close();
      // Once it was on its way into the manifest, the one on the disk may name it. The next manifest does not, and the next opening removes it.
      if (!entering)
        await volume
          .remove(name)
          .catch((error: unknown) => this.#options.logger.warn("An unfinished chunk could not be removed", { error }));
      throw cause;
    }
    await this.#removeChunks(plan.retiring);
  }

  /**
   * The batch, then what stays of the retiring chunks, which is entered in `moved`. A chunk with a damaged live value stays where it is, so that nothing of
   * it is lost beside that value: throws Unmovable.
   */
  async *#contentOf(batch: Batch, plan: BulkPlan, moved: Map<string, Location>): AsyncGenerator<Operation> {
    for (const operation of batch.operations)
      if (operation.kind === "put" || plan.tombstones.has(operation)) yield operation;
    for (const key of plan.carriedDeletes) yield { kind: "delete", key: fromLatin1(key) };
    for (const [key, location] of plan.carried) {
      const value = await this.#readAt(key, location).catch((error: unknown) => {
        if (!isCorruption(error)) throw error;
        this.#unmovable.add(location.chunk);
        this.#options.logger.error("A damaged chunk is kept as it is", { error });
        throw new Unmovable();
      });
      if (value === undefined) continue;
      moved.set(key, location);
      yield { kind: "put", key: fromLatin1(key), value };
    }
  }

  /** Under `#writing`: the bulk chunk becomes visible, the retiring chunks vanish from the manifest. */
  async #enterBulk(
    { chunkId, retiring, deleted, moved }: BulkContent,
    writer: ChunkWriter,
    placed: readonly PlacedOperation[],
  ): Promise<void> {
    const chunks = [...this.#manifest.chunks.filter((id) => !retiring.has(id)), chunkId].toSorted((a, b) => a - b);
    await this.#replaceManifest(chunks);
    this.#set.enter({ id: chunkId, file: writer.file, purpose: "bulk", sealed: true }, placed);
    const overtaken = (key: string): boolean =>
      (this.#set.index.get(key)?.chunk ?? -1) > chunkId || this.#set.deletedAfter(key, chunkId);
    for (const key of deleted) if (!overtaken(key)) this.#set.delete(key, chunkId);
    for (const operation of placed) {
      const { key } = operation;
      if (operation.kind === "delete") {
        if (!overtaken(key)) this.#set.delete(key, chunkId);
        continue;
      }
      const carried = moved.get(key);
      const current = carried === undefined ? !overtaken(key) : this.#set.index.get(key) === carried;
      if (current) this.#set.put(key, locationOf(chunkId, operation));
      else this.#set.markDead(key, chunkId);
    }
  }

  #retiring(leaving: ReadonlySet<string>, worth: WorthRewriting, sealedNow?: number): Set<number> {
    return retiringChunks(this.#set, { ...worth, leaving, unmovable: this.#unmovable, sealedNow });
  }

  /** True when the live value of a key stands in a chunk that stays. */
  #survivesOutside(key: string, retiring: ReadonlySet<number>): boolean {
    const location = this.#set.index.get(key);
    return location !== undefined && !retiring.has(location.chunk);
  }

  async #removeChunks(retired: ReadonlySet<number>): Promise<void> {
    const states = [...retired].map((id) => this.#set.chunks.get(id)).filter((state) => state !== undefined);
    this.#set.retire(retired);
    for (const { id, file } of states) {
      await this.#syncing.run(() => file.close());
      await this.#options.volume.remove(chunkName(id)).catch((error: unknown) => {
        this.#options.logger.warn("A superseded chunk could not be removed; the next opening tries again", { error });
      });
    }
  }

  inspect(): FileStoreStatus {
    const failure = this.#failure.error;
    const status =
      failure === undefined
        ? this.#damaged + this.#metDamaged.size > 0
          ? "damaged"
          : "ok"
        : isCadenceError(failure, "STORE_FULL")
          ? "full"
          : "failing";
    return {
      status,
      ...(failure === undefined ? {} : { cause: failure.sentence }),
      chunks: this.#set.chunks.size,
      bytes: this.#set.bytes,
      liveBytes: this.#set.liveBytes,
      bytesWritten: this.#options.volume.bytesWritten,
      ...(this.#lastCommitAt === undefined ? {} : { lastCommitAt: this.#lastCommitAt }),
      ...(this.#commitMilliseconds === undefined ? {} : { commitMilliseconds: this.#commitMilliseconds }),
      damagedFrames: Math.max(this.#damaged, this.#metDamaged.size),
      waiting: this.#waiting.length,
    };
  }

  /** The chunks as they are now. */
  *chunks(): Iterable<ChunkKeys> {
    for (const { id, file, sealed } of [...this.#set.chunks.values()])
      yield { name: chunkName(id), bytes: file.size, sealed, keys: this.#set.index.keysIn(id) };
  }

  /** Reads every byte back. Faults are named, not thrown. */
  async verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    this.#checkOpen();
    const ends = new Map(this.#writer === undefined ? [] : [[this.#writer.id, this.#writer.end]]);
    const report = await verifyChunks(this.#options.volume, this.#manifest, ends, this.#set.index, options);
    this.#damaged = report.faults.length;
    return report;
  }

  /**
   * Finds every fault and mends it: bytes that cannot be read are copied aside, their values taken from where `valueOf` finds them, or else given up, and the chunks
   * written anew. Reads and writes go on meanwhile.
   */
  async repair(
    valueOf: (key: Uint8Array) => Promise<Uint8Array | undefined>,
    options: VerifyOptions = {},
  ): Promise<RepairReport> {
    this.#checkWritable();
    const { faults } = await this.verify(options);
    const batch = new Batch();
    const filled: string[] = [];
    const lost: string[] = [];
    for (const key of new Set(faults.flatMap((fault) => fault.lost))) {
      const value = await valueOf(fromLatin1(key));
      if (value === undefined) batch.delete(fromLatin1(key));
      else batch.put(fromLatin1(key), value);
      (value === undefined ? lost : filled).push(key);
    }
    for (const { file, offset, length } of faults)
      if (length > 0) await quarantine(this.#options.volume, file, offset, length);
    const force = new Set(faults.map(({ file }) => chunkIdOf(file)).filter((id) => id !== undefined));
    for (const id of force) this.#unmovable.delete(id);
    if (faults.length > 0) await this.#bulking.run(() => this.#bulk(batch, { live: worthKeeping, logs: false, force }));
    this.#metDamaged.clear();
    const after = await this.verify(options);
    return { faults, filled, lost, left: after.faults };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#groups.idle();
      await this.#bulking.run(() => this.sync());
    } finally {
      this.#commitTimer?.cancel();
      try {
        await this.#set.close();
      } finally {
        await this.#lock?.[Symbol.asyncDispose]();
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #rangeKeys(range: KeyRange): string[] {
    return this.#set.index.keys(range);
  }

  async #valueOf(key: string): Promise<Uint8Array | undefined> {
    const location = this.#set.index.get(key);
    return location === undefined ? undefined : this.#readAt(key, location);
  }

  /** The value at a location; when its chunk went meanwhile, the value moved or was deleted, so the index is asked again. */
  async #readAt(key: string, location: Location): Promise<Uint8Array | undefined> {
    const state = this.#set.chunks.get(location.chunk);
    if (state !== undefined) {
      try {
        return await this.#read(state, location);
      } catch (error) {
        if (isCorruption(error)) this.#metDamaged.add(`${location.chunk}:${location.offset}`);
        if (this.#set.chunks.has(location.chunk)) throw error;
      }
    }
    const now = this.#set.index.get(key);
    return now === undefined || now === location ? undefined : this.#readAt(key, now);
  }

  /** The newest packed frame stays unpacked: its neighbours are mostly asked for next. */
  async #read({ id, file }: ChunkState, location: Location): Promise<Uint8Array> {
    if (location.frame === 0) return readValue(file, location);
    const known = this.#unpacked;
    if (known?.chunk === id && known.frame === location.frame) return valueIn(known.bytes, file.name, location);
    const bytes = await readPackedFrame(file, location.frame);
    this.#unpacked = { chunk: id, frame: location.frame, bytes };
    return valueIn(bytes, file.name, location);
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw storeClosed();
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.#options.readOnly) throw new CadenceError("STORE_NOT_WRITABLE", "The store was opened for reading only.");
  }
}

function tooManyWait(): CadenceError {
  return new CadenceError("QUEUE_FULL", `${mostWaiting} writes wait for the disk already.`, {
    remedy: "The disk is slow or hangs; it is tried again by itself.",
  });
}
