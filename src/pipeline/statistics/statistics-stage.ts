import type { EntityId } from "#model/entity.ts";
import type { EntityStatistics } from "#model/entity-statistics.ts";
import type { Reading } from "#model/reading.ts";
import { EntityStates } from "../entity-states.ts";
import type { Stage } from "../stage.ts";
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
export class StatisticsStage implements Stage<readonly Reading[], ReadonlyMap<EntityId, AccumulatorState>> {
  readonly states: EntityStates<AccumulatorState> = new EntityStates(emptyAccumulator().version);

  /** Takes readings in time order of each entity; one that is older than the last of its entity is left out. */
  step(readings: readonly Reading[]): void {
    for (const reading of readings) {
      let state = this.states.get(reading.entityId);
      if (state === undefined) {
        state = emptyAccumulator();
        this.states.set(reading.entityId, state);
      }
      accumulate(state, reading);
      this.states.touch(reading.entityId);
    }
  }

  /** The time of the last reading taken, ms since 1970; -Infinity when there was none. */
  lastTime(entityId: EntityId): number {
    return this.states.get(entityId)?.lastTime ?? Number.NEGATIVE_INFINITY;
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

  /** Begins an entity anew; its readings are then given again from the first. */
  forget(entityId: EntityId): void {
    this.states.delete(entityId);
  }

  snapshot(): ReadonlyMap<EntityId, AccumulatorState> {
    return this.states.snapshot();
  }

  /** Goes on from a snapshot; false when it is of another version, or none. */
  restore(entityId: EntityId, snapshot: unknown): boolean {
    const state = this.states.stateIn(snapshot);
    if (state !== undefined) this.states.set(entityId, state);
    return state !== undefined;
  }
}
