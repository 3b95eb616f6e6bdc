import type { EntityId } from "#model/entity.ts";
import type { EntityStatistics } from "#model/entity-statistics.ts";
import type { Reading } from "#model/reading.ts";
import type { Stage } from "../stage.ts";
import {
  accumulate,
  type AccumulatorState,
  emptyAccumulator,
  gapsOfReads,
  summarize,
  type SummaryOptions,
} from "./accumulator.ts";

/** Statistics of every entity, one accumulator each. */
export class StatisticsStage implements Stage<readonly Reading[], ReadonlyMap<EntityId, AccumulatorState>> {
  readonly #states = new Map<EntityId, AccumulatorState>();
  readonly #dirty = new Set<EntityId>();

  /** Takes readings in time order of each entity; one that is older than the last of its entity is left out. */
  step(readings: readonly Reading[]): void {
    for (const reading of readings) {
      let state = this.#states.get(reading.entityId);
      if (state === undefined) {
        state = emptyAccumulator();
        this.#states.set(reading.entityId, state);
      }
      accumulate(state, reading);
      this.#dirty.add(reading.entityId);
    }
  }

  /** The time of the last reading taken, ms since 1970; -Infinity when there was none. */
  lastTime(entityId: EntityId): number {
    return this.#states.get(entityId)?.lastTime ?? Number.NEGATIVE_INFINITY;
  }

  /** See `gapsOfReads`. */
  gapsOfReads(entityId: EntityId): readonly number[] {
    const state = this.#states.get(entityId);
    return state === undefined ? [] : gapsOfReads(state);
  }

  /** Samples taken of an entity. */
  samples(entityId: EntityId): number {
    return this.#states.get(entityId)?.samples ?? 0;
  }

  summarize(entityId: EntityId, options: SummaryOptions): EntityStatistics | undefined {
    const state = this.#states.get(entityId);
    return state === undefined || state.samples === 0 ? undefined : summarize(entityId, state, options);
  }

  /** Begins an entity anew; its readings are then given again from the first. */
  forget(entityId: EntityId): void {
    this.#states.delete(entityId);
    this.#dirty.add(entityId);
  }

  snapshot(): ReadonlyMap<EntityId, AccumulatorState> {
    return new Map([...this.#states].map(([entityId, state]) => [entityId, structuredClone(state)]));
  }

  /** The state of one entity as plain data; undefined when nothing was taken of it. */
  snapshotOf(entityId: EntityId): AccumulatorState | undefined {
    const state = this.#states.get(entityId);
    return state === undefined ? undefined : structuredClone(state);
  }

  /** Entities whose state changed since the last call. */
  takeDirty(): ReadonlySet<EntityId> {
    const dirty = new Set(this.#dirty);
    this.#dirty.clear();
    return dirty;
  }

  /** Goes on from a snapshot; false when it is of another version, or none. */
  restore(entityId: EntityId, snapshot: unknown): boolean {
    if (
      typeof snapshot !== "object" ||
      snapshot === null ||
      (snapshot as AccumulatorState).version !== emptyAccumulator().version
    )
      return false;
    this.#states.set(entityId, structuredClone(snapshot) as AccumulatorState);
    return true;
  }
}
