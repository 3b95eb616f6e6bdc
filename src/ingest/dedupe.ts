import type { EntityId } from "#model/entity.ts";
import type { Sample } from "#model/sample.ts";

/**
 * Drops a sample that is the last one seen of its entity once more, as snapshots and overlapping history send them. Only a first,
 * cheap filter: the store is the judge.
 */
export class Dedupe {
  readonly #last = new Map<EntityId, { readonly time: number; readonly state: string }>();

  /** False when the sample was just seen. */
  isNew({ entityId, time, state }: Sample): boolean {
    const last = this.#last.get(entityId);
    if (last !== undefined && last.time === time && last.state === state) return false;
    if (last === undefined || time >= last.time) this.#last.set(entityId, { time, state });
    return true;
  }
}
