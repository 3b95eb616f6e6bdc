import { Mutex } from "#core/mutex.ts";
import type { Clock, Timer } from "#core/clock.ts";
import type { Logger } from "#core/logger.ts";
import type { CorrelationMatrix } from "#model/correlation-matrix.ts";
import type { EntityId } from "#model/entity.ts";
import type { IntervalRecord } from "#model/interval-record.ts";
import { Batch, type Collection, type Document, type Storage, type StorageStatus } from "#storage/index.ts";
import { type IntervalHistoryFilter, IntervalHistoryRepository } from "./interval-history.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** What is known of one entity, a pattern or a cluster, as plain data; who writes it knows its shape. */
export type PlainRecord = Readonly<Record<string, unknown>>;

export interface StatisticsStorageManagerOptions {
  /** Open for writing: that is the one instance a folder can have. */
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds after which what was set is written by itself. @default 60000 */
  readonly flushInterval?: number;
}

export interface StatisticsStorageInfo {
  readonly entities: number;
  readonly patterns: number;
  readonly clusters: number;
  /** Entities in the correlation matrix. */
  readonly correlated: number;
  readonly intervalRecords: number;
  /** Set, and not written yet. */
  readonly unwritten: number;
  readonly storage: StorageStatus;
}

/**
 * All that statistics keep, behind one door: reads answer from memory without waiting; `set…` changes memory at once and is written a while later, all that was
 * set together in one batch; `save…` and `flush` resolve when it is written. Writes come one after the other.
 */
export class StatisticsStorageManager implements AsyncDisposable {
  readonly #options: StatisticsStorageManagerOptions;
  readonly #entityStatistics: KeptCollection<PlainRecord>;
  readonly #patterns: KeptCollection<PlainRecord>;
  readonly #clusters: KeptCollection<readonly EntityId[]>;
  readonly #matrix: Document<CorrelationMatrix>;
  readonly #historyRepository: IntervalHistoryRepository;
  readonly #history = new Map<EntityId, IntervalRecord[]>();
  readonly #writing = new Mutex();
  #correlation: CorrelationMatrix | undefined;
  #correlationIsNew = false;
  #newRecords: IntervalRecord[] = [];
  #timer: Timer | undefined;

  private constructor(options: StatisticsStorageManagerOptions) {
    const { storage } = options;
    this.#options = options;
    this.#entityStatistics = new KeptCollection(storage.collection({ name: "statistics", version: 1 }));
    this.#patterns = new KeptCollection(storage.collection({ name: "patterns", version: 1 }));
    this.#clusters = new KeptCollection(storage.collection({ name: "clusters", version: 1 }));
    this.#matrix = storage.document<CorrelationMatrix>({ name: "correlation", version: 1 });
    this.#historyRepository = new IntervalHistoryRepository(storage);
  }

  /** Reads everything once. A damaged record is left out: it can be learned again. */
  static async open(options: StatisticsStorageManagerOptions): Promise<StatisticsStorageManager> {
    const manager = new StatisticsStorageManager(options);
    await manager.#entityStatistics.load();
    await manager.#patterns.load();
    await manager.#clusters.load();
    manager.#correlation = await unlessDamaged(manager.#matrix.get());
    for (const record of await manager.#historyRepository.all()) manager.#remember(record);
    return manager;
  }

  entityStatistics(entityId: EntityId): PlainRecord | undefined {
    return this.#entityStatistics.get(entityId);
  }

  allEntityStatistics(): ReadonlyMap<EntityId, PlainRecord> {
    return this.#entityStatistics.all;
  }

  pattern(id: string): PlainRecord | undefined {
    return this.#patterns.get(id);
  }

  patterns(): ReadonlyMap<string, PlainRecord> {
    return this.#patterns.all;
  }

  clusters(): ReadonlyMap<string, readonly EntityId[]> {
    return this.#clusters.all;
  }

  correlationMatrix(): CorrelationMatrix | undefined {
    return this.#correlation;
  }

  /** Oldest first. */
  intervalHistory({ entityId, since, limit }: IntervalHistoryFilter = {}): readonly IntervalRecord[] {
    const records = entityId === undefined ? [...this.#history.values()].flat() : (this.#history.get(entityId) ?? []);
    const wanted = records
      .filter(({ time }) => since === undefined || time >= since)
      .toSorted((a, b) => a.time - b.time);
    return limit === undefined ? wanted : wanted.slice(Math.max(0, wanted.length - limit));
  }

  async storageInfo(): Promise<StatisticsStorageInfo> {
    return {
      entities: this.#entityStatistics.all.size,
      patterns: this.#patterns.all.size,
      clusters: this.#clusters.all.size,
      correlated: this.#correlation?.entityIds.length ?? 0,
      intervalRecords: [...this.#history.values()].reduce((sum, { length }) => sum + length, 0),
      unwritten: this.#unwritten,
      storage: await this.#options.storage.inspect(),
    };
  }

  setEntityStatistics(entityId: EntityId, statistics: PlainRecord): void {
    this.#entityStatistics.set(entityId, statistics);
    this.#schedule();
  }

  setPattern(id: string, pattern: PlainRecord): void {
    this.#patterns.set(id, pattern);
    this.#schedule();
  }

  /** All clusters there are: others are forgotten. */
  setClusters(clusters: ReadonlyMap<string, readonly EntityId[]>): void {
    for (const id of this.#clusters.all.keys()) if (!clusters.has(id)) this.#clusters.delete(id);
    for (const [id, members] of clusters) this.#clusters.set(id, members);
    this.#schedule();
  }

  setCorrelationMatrix(matrix: CorrelationMatrix): void {
    this.#correlation = matrix;
    this.#correlationIsNew = true;
    this.#schedule();
  }

  addIntervalRecord(record: IntervalRecord): void {
    this.#remember(record);
    this.#newRecords.push(record);
    this.#schedule();
  }

  /** As `setEntityStatistics`, and resolves when it is written. */
  async saveEntityStatistics(entityId: EntityId, statistics: PlainRecord): Promise<void> {
    this.setEntityStatistics(entityId, statistics);
    await this.flush();
  }

  /** Of the statistics, false when there were none. */
  async deleteEntityStatistics(entityId: EntityId): Promise<boolean> {
    const deleted = this.#entityStatistics.delete(entityId);
    await this.flush();
    return deleted;
  }

  /** Writes everything that was set, as one batch: resolves when it survives the end of the process. What fails stays set, and is written the next time. */
  flush(): Promise<void> {
    return this.#writing.run(async () => {
      this.#timer?.cancel();
      this.#timer = undefined;
      const batch = new Batch();
      const kept = [this.#entityStatistics, this.#patterns, this.#clusters];
      const undo = kept.map((each) => each.stage(batch));
      const records = this.#newRecords;
      const correlationIsNew = this.#correlationIsNew;
      for (const record of records) this.#historyRepository.stage(batch, record);
      if (correlationIsNew && this.#correlation !== undefined) this.#matrix.stagePut(batch, this.#correlation);
      this.#newRecords = [];
      this.#correlationIsNew = false;
      try {
        if (batch.size > 0) await this.#options.storage.write(batch);
      } catch (error) {
        for (const again of undo) again();
        this.#newRecords = [...records, ...this.#newRecords];
        this.#correlationIsNew ||= correlationIsNew;
        throw error;
      }
    });
  }

  /** Writes what is left; the storage stays open, it belongs to somebody else. */
  async close(): Promise<void> {
    await this.flush();
    this.#timer?.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #unwritten(): number {
    const kept = this.#entityStatistics.unwritten + this.#patterns.unwritten + this.#clusters.unwritten;
    return kept + this.#newRecords.length + (this.#correlationIsNew ? 1 : 0);
  }

  #remember(record: IntervalRecord): void {
    const records = this.#history.get(record.entityId)?.filter(({ time }) => time !== record.time) ?? [];
    this.#history.set(record.entityId, [...records, record]);
  }

  #schedule(): void {
    const { clock, logger, flushInterval = 60_000 } = this.#options;
    this.#timer ??= clock.after(flushInterval, () => {
      this.#timer = undefined;
      this.flush().catch((error: unknown) => {
        logger.warn("What was learned could not be written; it is tried again", { error });
        this.#schedule();
      });
    });
  }
}

/** A collection with all of it in memory, and what of it is not written yet. */
class KeptCollection<Value> {
  readonly #collection: Collection<Value>;
  readonly #values = new Map<string, Value>();
  readonly #changed = new Set<string>();

  constructor(collection: Collection<Value>) {
    this.#collection = collection;
  }

  async load(): Promise<void> {
    for await (const key of this.#collection.keys()) {
      const value = await unlessDamaged(this.#collection.get(key));
      if (value !== undefined) this.#values.set(key, value);
    }
  }

  get all(): ReadonlyMap<string, Value> {
    return this.#values;
  }

  get unwritten(): number {
    return this.#changed.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Value): void {
    this.#values.set(key, value);
    this.#changed.add(key);
  }

  delete(key: string): boolean {
    const deleted = this.#values.delete(key);
    if (deleted) this.#changed.add(key);
    return deleted;
  }

  /** Puts what is not written into a batch; the result takes that back. */
  stage(batch: Batch): () => void {
    const staged = [...this.#changed];
    this.#changed.clear();
    for (const key of staged) {
      const value = this.#values.get(key);
      if (value === undefined) this.#collection.stageDelete(batch, key);
      else this.#collection.stagePut(batch, key, value);
    }
    return () => {
      for (const key of staged) this.#changed.add(key);
    };
  }
}
