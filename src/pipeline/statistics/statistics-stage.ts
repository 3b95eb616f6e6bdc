import type { EntityId } from "#model/entity.ts";
import type { EntityStatistics } from "#model/entity-statistics.ts";
import { PerEntityStage } from "../per-entity-stage.ts";
import {
  accumulate,
  type AccumulatorState,
  type Behaviour,
  emptyAccumulator,
  gapsOfReads,
  summarize,
  type SummaryOptions,
} from "./accumulator.ts";

/** Statistics of every entity, one accumulator each. */
export class StatisticsStage extends PerEntityStage<AccumulatorState> {
  constructor() {
    super(emptyAccumulator, accumulate);
  }

  /** The time of the first reading taken, ms since 1970; Infinity when there was none. */
  firstTime(entityId: EntityId): number {
    return this.states.get(entityId)?.firstTime ?? Number.POSITIVE_INFINITY;
  }

  /** See `gapsOfReads`. */
  gapsOfReads(entityId: EntityId): readonly number[] {
    const state = this.states.get(entityId);
    return state === undefined ? [] : gapsOfReads(state);
  }

  /** Undefined when no reading was taken. */
  behaviour(entityId: EntityId): Behaviour | undefined {
    return this.states.get(entityId);
  }

  /** Samples taken of an entity. */
  samples(entityId: EntityId): number {
    return this.states.get(entityId)?.samples ?? 0;
  }

  summarize(entityId: EntityId, options: SummaryOptions): EntityStatistics | undefined {
    const state = this.states.get(entityId);
    return state === undefined || state.samples === 0 ? undefined : summarize(entityId, state, options);
  }
}
