import type { EntityId } from "#model/entity.ts";
import type { PollBurst } from "#model/poll.ts";

/** Reads that ended this close together did not follow each other on one line: no request and answer are that short. ms */
const closest = 1;
/** Two that end together more often than this share of their reads come from the same request. */
const sameRequest = 0.3;
const fewestReads = 4;
/** Each entity has to have met so many reads of the other line. */
const fewestMeetings = 2;
/** Of all meetings, so many may be within one line: clocks and looks are not exact. */
const mostWithin = 0.05;

/** What is kept between two runs: entities, reads of each, and meetings by pairs of places. */
export interface LineSplitSnapshot {
  readonly entityIds: readonly EntityId[];
  readonly reads: readonly number[];
  readonly meetings: readonly (readonly [a: number, b: number, count: number])[];
}

/**
 * Tells two lines apart by when reads end: on one line only one request travels at a time, on two they meet by chance. So entities that meet hang on different lines, and the graph of meetings falls into two sides.
 */
export class LineSplit {
  readonly #reads = new Map<EntityId, number>();
  readonly #meetings = new Map<EntityId, Map<EntityId, number>>();

  /** Reads of entities that hang on one line or the other. */
  step({ polls }: PollBurst, members: ReadonlySet<EntityId>): void {
    const sorted = polls
      .filter(({ entityId, failed }) => failed !== true && members.has(entityId))
      .toSorted((a, b) => a.time - b.time);
    for (const [index, { entityId, time }] of sorted.entries()) {
      this.#reads.set(entityId, (this.#reads.get(entityId) ?? 0) + 1);
      for (let next = index + 1; next < sorted.length; next += 1) {
        const other = sorted[next] as (typeof sorted)[number];
        if (other.time - time >= closest) break;
        if (other.entityId !== entityId) this.#meet(entityId, other.entityId, 1);
      }
    }
  }

  /** The entities of each of two lines, that of the first id first; undefined while it is not clear, or there is but one. */
  split(entityIds: readonly EntityId[]): readonly [readonly EntityId[], readonly EntityId[]] | undefined {
    const sides = new Map<EntityId, 0 | 1>();
    const left = new Set(entityIds);
    const weights = new Map(entityIds.map((entityId) => [entityId, this.#others(entityId, left)]));
    const lean = new Map(entityIds.map((entityId) => [entityId, 0]));
    let next: EntityId | undefined = entityIds.toSorted((a, b) => total(weights, b) - total(weights, a))[0];
    while (next !== undefined) {
      const side = (lean.get(next) ?? 0) > 0 ? 0 : 1;
      sides.set(next, side);
      left.delete(next);
      // Positive: met those of side 1, so it belongs to side 0.
      for (const [other, count] of weights.get(next) ?? [])
        lean.set(other, (lean.get(other) ?? 0) + (side === 1 ? count : -count));
      next = [...left].reduce<EntityId | undefined>((best, each) => {
        const strength = Math.abs(lean.get(each) ?? 0);
        return strength > 0 && strength > Math.abs(lean.get(best ?? "") ?? 0) ? each : best;
      }, undefined);
    }
    if (left.size > 0 || !this.#isClear(entityIds, weights, sides)) return undefined;
    const first = sides.get(entityIds.toSorted()[0] ?? "");
    return [
      entityIds.filter((entityId) => sides.get(entityId) === first),
      entityIds.filter((entityId) => sides.get(entityId) !== first),
    ];
  }

  snapshot(): LineSplitSnapshot {
    const entityIds = [...this.#reads.keys()];
    const place = new Map(entityIds.map((entityId, index) => [entityId, index]));
    const meetings = [...this.#meetings].flatMap(([a, others]) =>
      [...others].filter(([b]) => a < b).map(([b, count]) => [place.get(a) ?? 0, place.get(b) ?? 0, count] as const),
    );
    return { entityIds, reads: [...this.#reads.values()], meetings };
  }

  /** Goes on from what `snapshot` gave; anything else is ignored. */
  restore(snapshot: unknown): void {
    const { entityIds, reads, meetings } = (snapshot ?? {}) as Partial<LineSplitSnapshot>;
    if (!Array.isArray(entityIds) || !Array.isArray(reads) || !Array.isArray(meetings)) return;
    for (const [index, entityId] of entityIds.entries()) this.#reads.set(String(entityId), Number(reads[index]) || 0);
    for (const [a, b, count] of meetings as LineSplitSnapshot["meetings"]) {
      const [first, second] = [entityIds[a] as unknown, entityIds[b] as unknown];
      if (typeof first === "string" && typeof second === "string" && count > 0) this.#meet(first, second, count);
    }
  }

  #meet(a: EntityId, b: EntityId, count: number): void {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const met = this.#meetings.get(one) ?? new Map<EntityId, number>();
      this.#meetings.set(one, met);
      met.set(other, (met.get(other) ?? 0) + count);
    }
  }

  /** Whom it met by chance, and how often; those of its own request are none. */
  #others(entityId: EntityId, members: ReadonlySet<EntityId>): ReadonlyMap<EntityId, number> {
    const reads = this.#reads.get(entityId) ?? 0;
    return new Map(
      [...(this.#meetings.get(entityId) ?? [])].filter(([other, count]) => {
        const least = Math.min(reads, this.#reads.get(other) ?? 0);
        return members.has(other) && least >= fewestReads && count <= sameRequest * least;
      }),
    );
  }

  #isClear(
    entityIds: readonly EntityId[],
    weights: ReadonlyMap<EntityId, ReadonlyMap<EntityId, number>>,
    sides: ReadonlyMap<EntityId, 0 | 1>,
  ): boolean {
    let [all, within] = [0, 0];
    for (const entityId of entityIds) {
      if (total(weights, entityId) < fewestMeetings) return false;
      for (const [other, count] of weights.get(entityId) ?? []) {
        all += count;
        if (sides.get(other) === sides.get(entityId)) within += count;
      }
    }
    return all > 0 && within <= mostWithin * all;
  }
}

function total(weights: ReadonlyMap<EntityId, ReadonlyMap<EntityId, number>>, entityId: EntityId): number {
  return [...(weights.get(entityId)?.values() ?? [])].reduce((sum, count) => sum + count, 0);
}
