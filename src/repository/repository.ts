import type { HourlyRecord } from "#model/hourly-record.ts";
import type { Rename } from "#model/rename.ts";
import { Batch, type Storage } from "#storage/index.ts";
import { AdjustmentsRepository } from "./adjustments.ts";
import { AnnouncedRepository } from "./announced.ts";
import { ClusterRepository } from "./clusters.ts";
import { CorrelationRepository } from "./correlations.ts";
import { CourseRepository } from "./courses.ts";
import { EntityStatsRepository } from "./entity-stats.ts";
import { GapRepository } from "./gaps.ts";
import { HomeRepository, type StoredHome } from "./home.ts";
import { HourlyRecordsRepository } from "./hourly-records.ts";
import { ImportsRepository } from "./imports.ts";
import { IntervalHistoryRepository } from "./interval-history.ts";
import { LegacyRepository } from "./legacy.ts";
import { LongTermStatisticsRepository } from "./long-term-statistics.ts";
import { PlansRepository } from "./plans.ts";
import { RenamesRepository } from "./renames.ts";
import { RuntimeStateRepository } from "./runtime-state.ts";
import { SampleRepository } from "./samples.ts";

/** All that is kept between two runs, one field a collection. */
export class Repository {
  readonly samples: SampleRepository;
  readonly entityStats: EntityStatsRepository;
  readonly gaps: GapRepository;
  readonly home: HomeRepository;
  readonly runtimeState: RuntimeStateRepository;
  readonly intervalHistory: IntervalHistoryRepository;
  readonly legacy: LegacyRepository;
  readonly imports: ImportsRepository;
  readonly longTermStatistics: LongTermStatisticsRepository;
  readonly adjustments: AdjustmentsRepository;
  readonly announced: AnnouncedRepository;
  readonly courses: CourseRepository;
  readonly clusters: ClusterRepository;
  readonly correlations: CorrelationRepository;
  readonly plans: PlansRepository;
  readonly hourlyRecords: HourlyRecordsRepository;
  readonly renames: RenamesRepository;
  readonly #storage: Storage;

  private constructor(storage: Storage, runtimeState: RuntimeStateRepository) {
    this.#storage = storage;
    this.samples = new SampleRepository(storage);
    this.entityStats = new EntityStatsRepository(storage);
    this.gaps = new GapRepository(storage);
    this.home = new HomeRepository(storage);
    this.runtimeState = runtimeState;
    this.intervalHistory = new IntervalHistoryRepository(storage);
    this.legacy = new LegacyRepository(storage);
    this.imports = new ImportsRepository(storage);
    this.longTermStatistics = new LongTermStatisticsRepository(storage);
    this.adjustments = new AdjustmentsRepository(storage);
    this.announced = new AnnouncedRepository(storage);
    this.courses = new CourseRepository(storage);
    this.clusters = new ClusterRepository(storage);
    this.correlations = new CorrelationRepository(storage);
    this.plans = new PlansRepository(storage);
    this.hourlyRecords = new HourlyRecordsRepository(storage);
    this.renames = new RenamesRepository(storage);
  }

  static async open(storage: Storage): Promise<Repository> {
    return new Repository(storage, await RuntimeStateRepository.open(storage));
  }

  /** Stores what `stage` puts into a batch, all or nothing. */
  async commit(stage: (batch: Batch) => void): Promise<void> {
    const batch = new Batch();
    stage(batch);
    if (batch.size > 0) await this.#storage.write(batch);
  }

  /** Hours before `oldest` (ms since 1970) go. */
  async recordHour(record: HourlyRecord, oldest: number): Promise<void> {
    const batch = new Batch();
    await this.hourlyRecords.stage(batch, record, oldest);
    await this.#storage.write(batch);
  }

  /**
   * What is kept of an entity goes on under its new id; the samples, and `home` as it then is, last and in one step: cut off before that, it is done again, after it never. Nothing
   * of whoever may have had the new id before is lost.
   */
  async rename(rename: Rename, home: StoredHome): Promise<void> {
    const { from, to } = rename;
    await this.longTermStatistics.rename(from, to);
    const history = new Batch();
    await this.intervalHistory.rename(history, from, to);
    if (history.size > 0) await this.#storage.write(history);
    const last = new Batch();
    for (const entityId of [from, to]) {
      this.entityStats.stageDelete(last, entityId);
      this.courses.stageDelete(last, entityId);
    }
    this.runtimeState.stageRename(last, rename);
    this.home.stage(last, home);
    await this.renames.stage(last, rename);
    if (!(await this.samples.rename(from, to, last))) await this.#storage.write(last);
    this.runtimeState.renamed(rename);
  }

  /** Resolves when everything committed survives power loss. */
  sync(): Promise<void> {
    return this.#storage.sync();
  }
}
