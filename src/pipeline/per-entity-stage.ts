import type { EntityId } from "#model/entity.ts";
import type { Reading } from "#model/reading.ts";
import { EntityStates } from "./entity-states.ts";
import type { Stage } from "./stage.ts";

interface TimedState {
  readonly version: number;
  /** ms since 1970; -Infinity before the first reading. */
  lastTime: number;
}

/** The same function of its readings for every entity, each with a state of its own. */
export class PerEntityStage<State extends TimedState> implements Stage<
  readonly Reading[],
  ReadonlyMap<EntityId, State>
> {
  readonly states: EntityStates<State>;
  readonly #empty: () => State;
  readonly #take: (state: State, reading: Reading) => boolean;

  /** `take` changes the state; false for a reading that is older than the last one. `isWhole` is asked before a snapshot is restored. */
  constructor(
    empty: () => State,
    take: (state: State, reading: Reading) => boolean,
    isWhole?: (snapshot: State) => boolean,
  ) {
    this.#empty = empty;
    this.#take = take;
    this.states = new EntityStates(empty().version, isWhole);
  }

  /** Takes readings in time order of each entity; one that is older than the last of its entity is left out. */
  step(readings: readonly Reading[]): void {
    for (const reading of readings) {
      let state = this.states.get(reading.entityId);
      if (state === undefined) {
        state = this.#empty();
        this.states.set(reading.entityId, state);
      }
      if (this.#take(state, reading)) this.states.touch(reading.entityId);
    }
  }

  /** The time of the last reading taken, ms since 1970; -Infinity when there was none. */
  lastTime(entityId: EntityId): number {
    return this.states.get(entityId)?.lastTime ?? Number.NEGATIVE_INFINITY;
  }

  /** Begins an entity anew; its readings are then given again. */
  forget(entityId: EntityId): void {
    this.states.delete(entityId);
  }

  snapshot(): ReadonlyMap<EntityId, State> {
    return this.states.snapshot();
  }

  /** Goes on from a snapshot; false when it is of another version, or none. */
  restore(entityId: EntityId, snapshot: unknown): boolean {
    const state = this.states.stateIn(snapshot);
    if (state !== undefined) this.states.set(entityId, state);
    return state !== undefined;
  }
}
