import type { EntityId } from "#model/entity.ts";
import type { EntityStatistics } from "#model/entity-statistics.ts";
import type { SummaryOptions } from "#pipeline/statistics/accumulator.ts";
import type { StatisticsStage } from "#pipeline/statistics/statistics-stage.ts";

interface Recent extends SummaryOptions {
  readonly samples: number;
  readonly lastTime: number;
  readonly statistics: EntityStatistics | undefined;
}

/** Figures are made anew after so long, in ms, or such a share of the time they are of: until then, what is shown now being shown a little longer changes no digit that anybody reads. */
const oldest = 60_000;
const oldestShare = 0.01;

/** The figures of entities for who asks again and again: the same object while nothing came, and for a while. */
export class RecentSummaries {
  readonly #stage: StatisticsStage;
  readonly #recent = new Map<EntityId, Recent>();

  constructor(stage: StatisticsStage) {
    this.#stage = stage;
  }

  summarize(entityId: EntityId, options: SummaryOptions): EntityStatistics | undefined {
    const recent = this.#recent.get(entityId);
    if (recent !== undefined && this.#holds(entityId, recent, options)) return recent.statistics;
    const statistics = this.#stage.summarize(entityId, options);
    const [samples, lastTime] = [this.#stage.samples(entityId), this.#stage.lastTime(entityId)];
    this.#recent.set(entityId, { ...options, samples, lastTime, statistics });
    return statistics;
  }

  forget(): void {
    this.#recent.clear();
  }

  #holds(entityId: EntityId, recent: Recent, options: SummaryOptions): boolean {
    const age = options.now - recent.now;
    return (
      age >= 0 &&
      age <= Math.min(oldest, (recent.now - this.#stage.firstTime(entityId)) * oldestShare) &&
      recent.samples === this.#stage.samples(entityId) &&
      recent.lastTime === this.#stage.lastTime(entityId) &&
      recent.interval === options.interval &&
      recent.unwatched === options.unwatched &&
      recent.stateClass === options.stateClass
    );
  }
}
