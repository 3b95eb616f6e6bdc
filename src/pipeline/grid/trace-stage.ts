import type { EntityId } from "#model/entity.ts";
import type { Reading } from "#model/reading.ts";
import { EntityStates } from "../entity-states.ts";
import type { Stage } from "../stage.ts";
import { addToTrace, emptyTrace, type Trace, traceVersion } from "./trace.ts";

/** The last weeks of every entity, one trace each. */
export class TraceStage implements Stage<readonly Reading[], ReadonlyMap<EntityId, Trace>> {
  readonly states: EntityStates<Trace> = new EntityStates(traceVersion);

  /** Takes readings in time order of each entity; one that is older than the last of its entity is left out. */
  step(readings: readonly Reading[]): void {
    for (const reading of readings) {
      let trace = this.states.get(reading.entityId);
      if (trace === undefined) {
        trace = emptyTrace();
        this.states.set(reading.entityId, trace);
      }
      if (addToTrace(trace, reading)) this.states.touch(reading.entityId);
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

  /** Without the room it has left. Undefined when nothing is kept of the entity. */
  snapshotOf(entityId: EntityId): Trace | undefined {
    const trace = this.states.get(entityId);
    if (trace === undefined) return undefined;
    const { bins, values, count } = trace;
    return { ...trace, bins: bins.slice(0, count), values: values.slice(0, count) };
  }

  snapshot(): ReadonlyMap<EntityId, Trace> {
    return this.states.snapshot();
  }

  /** Goes on from a snapshot; false when it is of another version, or none. */
  restore(entityId: EntityId, snapshot: unknown): boolean {
    const trace = this.states.stateIn(snapshot);
    if (trace !== undefined) this.states.set(entityId, trace);
    return trace !== undefined;
  }
}
