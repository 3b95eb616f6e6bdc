import { createHash } from "node:crypto";
import { breathe } from "#core/breathe.ts";
import type { Clock, Timer } from "#core/clock.ts";
import { toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import type { IntakeBatch } from "#ingest/intake-batch.ts";
import { normalize } from "#ingest/normalize.ts";
import type { Entity, EntityId } from "#model/entity.ts";
import type { Reading } from "#model/reading.ts";
import type { Rename } from "#model/rename.ts";
import { compactTrace } from "#pipeline/grid/trace.ts";
import type { Repository } from "#repository/repository.ts";
import type { StoredHome } from "#repository/home.ts";
import type { SourceBatch } from "#sources/source.ts";
import { Batch } from "#storage/index.ts";
import type { Knowledge } from "./knowledge.ts";
import { priorOf } from "./legacy-prior.ts";

export interface LearningOptions {
  readonly repository: Repository;
  readonly knowledge: Knowledge;
  readonly logger: Logger;
  /** For the time between two saves. */
  readonly clock: Clock;
}

/**
 * What is learned can always be made again from the samples, but for the reads that were seen: a crash costs those of the last
 * hour, and new ones are seen within minutes. Saving more often would only wear the card out: it is several times the samples.
 */
const saveSoon = 60_000;
const saveEvery = 3_600_000;
/** Which entities there are is stored soon after it changed: by that a rename is known. */
const lookEvery = 300_000;
const saveCoursesEvery = 86_400_000;
/** A few hundred kilobytes. */
const coursesAtOnce = 16;
const statisticsAtOnce = 250;
const readAtOnce = 32;
/** Stopping must not take long; ms. */
const mostOfTheEnd = 3_000;
/** With what is saved before; all services together have ten seconds. */
export const learningStopWithin: number = mostOfTheEnd + 2_000;
/** A few years of a home that restarts once a day. */
const mostGaps = 1_000;
/** Between two rebuilt entities others get their turn after so many samples. */
const breatheEvery = 4;

/**
 * Stores a batch and then learns from it, and keeps what was learned. A sample that is older than what was learned makes its entity
 * be learned again from the store, so that the numbers do not depend on the order of arrival.
 */
export class Learning implements Service {
  readonly name = "learning";
  readonly #options: LearningOptions;
  /** Entities of which samples came late. */
  readonly #late = new Set<EntityId>();
  /** Entities whose saved courses lack what came late. */
  readonly #outdated = new Set<EntityId>();
  /** Entities of which more was learned than saved. */
  readonly #unsaved = new Set<EntityId>();
  /** Fingerprints as of the last save: of the home, and of what Home Assistant and its configuration say of it. */
  #home = "";
  #site = "";
  #savedAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #stopped = false;
  #coursesSavedAt = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: LearningOptions) {
    this.#options = options;
  }

  /** Restores what was learned, and catches up with samples that were stored after it was saved. */
  async start(): Promise<void> {
    await restoreKnowledge(this.#options.repository, this.#options.knowledge);
    this.#home = fingerprint(this.#describeHome());
    this.#coursesSavedAt = this.#options.clock.monotonic();
    this.#schedule(saveSoon);
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#saving;
    await this.save();
    await this.#saveCourses(mostOfTheEnd);
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { late: this.#late.size };
  }

  /** Resolves, with the number of samples that were new, when the batch is stored; throws as the store does, and has then learned nothing of it. */
  async take(intake: IntakeBatch): Promise<number> {
    const { repository, knowledge } = this.#options;
    for (const rename of intake.renamed) await this.#rename(rename);
    const batch = new Batch();
    repository.runtimeState.stage(batch, intake.coveredUntil, intake.backfilled);
    for (const gap of intake.closedGaps) repository.gaps.stage(batch, gap);
    if (intake.closedGaps.length > 0) await repository.gaps.stagePrune(batch, mostGaps);
    const { stored } = await repository.samples.append(intake.readings, batch);
    repository.runtimeState.committed(intake.coveredUntil, intake.backfilled);
    const inOrder = this.#inOrder(intake.readings);
    knowledge.learn(inOrder);
    // When as many were new to the store as came in order, the late ones were all there already.
    if (stored !== inOrder.length) {
      const taken = new Set(inOrder);
      for (const reading of intake.readings) if (!taken.has(reading)) this.#late.add(reading.entityId);
    }
    if (intake.closedGaps.length > 0 || intake.backfilled.length > 0) await this.#learnAgain();
    return stored;
  }

  async #rename(rename: Rename): Promise<void> {
    const { repository, knowledge, logger } = this.#options;
    const { from, to } = rename;
    const isKnown =
      knowledge.entities.some(({ entityId }) => entityId === from) ||
      repository.samples.extent(from) !== undefined ||
      repository.runtimeState.backfilled.has(from);
    // Told once more.
    if (!isKnown) return;
    const hadPast = repository.samples.extent(to) !== undefined;
    const renamed = (entity: Entity): Entity => (entity.entityId === from ? { ...entity, entityId: to } : entity);
    const home = { ...this.#describeHome(), entities: knowledge.entities.map(renamed) };
    await repository.rename(rename, home);
    this.#home = fingerprint(home);
    logger.info("An entity was renamed; its history goes on under the new id", { from, to });
    knowledge.setEntities(home.entities);
    knowledge.rename(rename);
    for (const set of [this.#late, this.#unsaved]) if (set.delete(from)) set.add(to);
    this.#unsaved.add(to);
    // Two histories that became one are learned again.
    if (hadPast) await learnFromStore(repository, knowledge, to);
  }

  /** What a source knows beside samples. Resolves when it is stored. */
  async takePast({ readGaps = [], hours = [] }: Pick<SourceBatch, "readGaps" | "hours">): Promise<void> {
    const { repository, knowledge } = this.#options;
    await repository.longTermStatistics.store(hours);
    knowledge.intervals.addGaps(readGaps);
  }

  /** Readings newer than everything learned of their entity. */
  #inOrder(readings: readonly Reading[]): Reading[] {
    const newest = new Map<EntityId, number>();
    return readings.filter(({ entityId, time }) => {
      if (time <= (newest.get(entityId) ?? this.#options.knowledge.statistics.lastTime(entityId))) return false;
      newest.set(entityId, time);
      return true;
    });
  }

  async #learnAgain(): Promise<void> {
    const { repository, knowledge } = this.#options;
    for (const [index, entityId] of [...this.#late].entries()) {
      this.#late.delete(entityId);
      this.#outdated.add(entityId);
      await learnFromStore(repository, knowledge, entityId);
      if (index % breatheEvery === 0) await new Promise((resolve) => void setImmediate(resolve));
    }
  }

  #schedule(milliseconds: number): void {
    this.#timer = this.#options.clock.after(milliseconds, () => {
      this.#saving = this.#look()
        .catch((error: unknown) => {
          this.#options.logger.warn(
            `What was learned could not be saved; it is tried again. ${toCadenceError(error).sentence}`,
          );
        })
        .finally(() => {
          if (!this.#stopped) this.#schedule(lookEvery);
        });
    });
  }

  async #look(): Promise<void> {
    const isDue = this.#options.clock.monotonic() - this.#savedAt >= saveEvery;
    if (isDue || this.#siteNow() !== this.#site) await this.save();
    else await this.#learnAgain();
  }

  /** Stores what was learned since the last time, some entities at a time: what is saved of one goes with nothing of another. */
  async save(): Promise<void> {
    const { repository, knowledge, clock } = this.#options;
    await this.#learnAgain();
    for (const entityId of knowledge.statistics.states.takeDirty()) this.#unsaved.add(entityId);
    for (const entityId of knowledge.intervals.states.takeDirty()) this.#unsaved.add(entityId);
    const saved = [...this.#unsaved];
    const outdated = [...this.#outdated];
    const home = this.#describeHome();
    const [homeNow, siteNow] = [fingerprint(home), this.#siteNow()];
    // First: a course that is gone is made again from the samples, one that knows less than the statistics would be believed.
    await repository.commit((batch) => {
      for (const entityId of outdated) repository.courses.stageDelete(batch, entityId);
      if (homeNow !== this.#home) repository.home.stage(batch, home);
    });
    for (const entityId of outdated) this.#outdated.delete(entityId);
    this.#home = homeNow;
    this.#site = siteNow;
    for (let at = 0; at < saved.length; at += statisticsAtOnce) {
      const part = saved.slice(at, at + statisticsAtOnce);
      await repository.commit((batch) => {
        for (const entityId of part) {
          const statistics = knowledge.statistics.states.get(entityId);
          const interval = knowledge.intervals.states.get(entityId);
          // Renamed meanwhile, or nothing is known of it any more.
          if (statistics === undefined && interval === undefined) continue;
          repository.entityStats.stage(batch, entityId, { statistics, interval });
        }
      });
      for (const entityId of part) this.#unsaved.delete(entityId);
      await breathe();
    }
    this.#savedAt = clock.monotonic();
    if (clock.monotonic() - this.#coursesSavedAt >= saveCoursesEvery) await this.#saveCourses();
  }

  /** They are large, and what was not saved of them is read again from the samples: `within` so many real milliseconds, the others are left. */
  async #saveCourses(within = Number.POSITIVE_INFINITY): Promise<void> {
    const { repository, knowledge, clock } = this.#options;
    const changed = [...knowledge.traces.states.takeDirty()];
    knowledge.windows.states.takeDirty();
    const begun = performance.now();
    for (let at = 0; at < changed.length && performance.now() - begun < within; at += coursesAtOnce) {
      await repository.commit((batch) => {
        for (const entityId of changed.slice(at, at + coursesAtOnce)) {
          const trace = knowledge.traces.states.get(entityId);
          if (trace === undefined) continue;
          const windows = knowledge.windows.states.get(entityId);
          repository.courses.stage(batch, entityId, { trace: compactTrace(trace), windows });
        }
      });
      await breathe();
    }
    this.#coursesSavedAt = clock.monotonic();
  }

  #siteNow(): string {
    const { entities, connections, hubs } = this.#options.knowledge;
    return fingerprint([entities, connections, hubs]);
  }

  #describeHome(): StoredHome {
    const { knowledge } = this.#options;
    const lines = knowledge.lines.snapshot();
    return {
      entities: knowledge.entities,
      ...(knowledge.connections === undefined ? {} : { connections: knowledge.connections }),
      ...(knowledge.hubs.length === 0 ? {} : { hubs: knowledge.hubs }),
      service: knowledge.busTimes.snapshots(),
      ...(lines.entityIds.length === 0 ? {} : { lines }),
    };
  }
}

/** Of a building the text itself is megabytes. */
function fingerprint(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64");
}

/** What an earlier run saved, brought up to date from the samples stored since. */
export async function restoreKnowledge(repository: Repository, knowledge: Knowledge): Promise<void> {
  const home = await repository.home.get();
  knowledge.lines.restore(home.lines);
  knowledge.setEntities(home.entities);
  knowledge.setConnections(home.connections);
  knowledge.setHubs(home.hubs ?? []);
  knowledge.busTimes.restore(home.service);
  const legacy = await repository.legacy.entities();
  knowledge.setPriors([...legacy.values()].map(priorOf).filter((prior) => prior !== undefined));
  const entityIds = repository.samples.entityIds();
  for (let at = 0; at < entityIds.length; at += readAtOnce) {
    const stored = await Promise.all(
      entityIds.slice(at, at + readAtOnce).map(async (entityId) => ({
        entityId,
        saved: await repository.entityStats.get(entityId),
        course: await repository.courses.get(entityId),
      })),
    );
    for (const { entityId, saved, course } of stored) {
      if (saved !== undefined) knowledge.intervals.restore(entityId, saved.interval);
      const extent = repository.samples.extent(entityId);
      knowledge.traces.restore(entityId, course?.trace);
      knowledge.windows.restore(entityId, course?.windows);
      const restored = saved !== undefined && knowledge.statistics.restore(entityId, saved.statistics);
      // What was saved last knows less than the others; each stage takes what it has not seen.
      const seen = seenUntil(knowledge, entityId);
      if (restored && extent !== undefined && extent.last > seen)
        await learnFromStore(repository, knowledge, entityId, seen + 1);
      // Something came late after the last save.
      if (!restored || knowledge.statistics.samples(entityId) !== extent?.samples) {
        await learnFromStore(repository, knowledge, entityId);
      }
    }
  }
}

function seenUntil({ statistics, traces, windows }: Knowledge, entityId: EntityId): number {
  return Math.min(...[statistics, traces, windows].map((stage) => stage.lastTime(entityId)));
}

/** Learns an entity from its stored samples: from `from` on, else anew from the first. */
async function learnFromStore(
  repository: Repository,
  knowledge: Knowledge,
  entityId: EntityId,
  from?: number,
): Promise<void> {
  const stages = [knowledge.statistics, knowledge.traces, knowledge.windows];
  if (from === undefined) for (const stage of stages) stage.forget(entityId);
  const seen = stages.map((stage) => stage.lastTime(entityId));
  const range = from === undefined || from === Number.NEGATIVE_INFINITY ? {} : { from };
  for await (const samples of repository.samples.read(entityId, range)) {
    const readings = samples.map(normalize).filter((reading) => reading !== undefined);
    for (const [index, stage] of stages.entries()) {
      stage.step(readings.filter(({ time }) => time > (seen[index] as number)));
    }
  }
}
