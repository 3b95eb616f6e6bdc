import type { EntityId } from "#model/entity.ts";
import type { Sample } from "#model/sample.ts";

/**
 * Drops a sample that is the last one seen of its entity once more, as snapshots and overlapping history send them. Only a first,
 * cheap filter: the store is the judge.
 */
export class Dedupe {
  readonly #last = new Map<EntityId, Sample>();

  /** False when the sample was just seen. */
  isNew(sample: Sample): boolean {
    const last = this.#last.get(sample.entityId);
    if (last !== undefined && last.time === sample.time && last.state === sample.state) return false;
    if (last === undefined || sample.time >= last.time) this.#last.set(sample.entityId, sample);
    return true;
  }
}
