import type { EntityId } from "#model/entity.ts";
import type { PollBurst } from "#model/poll.ts";

/** Reads further apart than this did not follow each other on the line, in ms. */
const longestRead = 1_000;
const newestDistances = 400;
const leastDistances = 20;
/** The shortest distances of a line that carries one request at a time are its service time; this share of them is looked at. */
const lowest = 0.05;
const clusterFrom = 0.9;
const clusterTo = 1.2;
const leastInCluster = 8;

/**
 * Seconds for one read, from the distances between the ends of reads on one bus: when requests wait for each other, one ends a
 * service time after the one before. Nothing is asked of the bus.
 */
export class ServiceTime {
  #distances: number[] = [];

  /** Goes on from what `snapshot` gave; anything else is ignored. */
  restore(snapshot: unknown): void {
    if (Array.isArray(snapshot)) this.#distances = snapshot.filter((distance) => Number.isFinite(distance)) as number[];
  }

  snapshot(): readonly number[] {
    return [...this.#distances];
  }

  /** `members` are the entities of the bus. */
  step({ polls }: PollBurst, members: ReadonlySet<EntityId>): void {
    const times = polls.filter(({ entityId }) => members.has(entityId)).map(({ time }) => time);
    const sorted = times.toSorted((a, b) => a - b);
    for (let index = 1; index < sorted.length; index += 1) {
      const distance = (sorted[index] as number) - (sorted[index - 1] as number);
      if (distance > 0.5 && distance < longestRead) this.#distances.push(distance);
    }
    this.#distances = this.#distances.slice(-newestDistances);
  }

  /** Undefined while too few reads were seen to follow each other. */
  seconds(): number | undefined {
    const sorted = this.#distances.toSorted((a, b) => a - b);
    if (sorted.length < leastDistances) return undefined;
    const least = sorted[Math.floor(sorted.length * lowest)] as number;
    const cluster = sorted.filter((distance) => distance >= least * clusterFrom && distance <= least * clusterTo);
    return cluster.length < leastInCluster ? undefined : (cluster[Math.floor(cluster.length / 2)] as number) / 1_000;
  }
}
