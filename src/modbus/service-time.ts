import { densestRun } from "#core/densest-run.ts";
import type { EntityId } from "#model/entity.ts";
import type { PollBurst } from "#model/poll.ts";

/** Reads further apart than this did not follow each other on the line, in ms. */
const longestRead = 1_000;
const newestDistances = 400;
const leastDistances = 20;
/** Distances within this share of each other are taken for the same. */
const clusterWidth = 0.15;
const leastInCluster = 8;
/** Of the distances that are multiples, so many single ones tell that they are. */
const leastOfMultiple = 0.3;

/**
 * Seconds for one read, from the distances between the ends of reads on one bus: when requests wait for each other, one ends a
 * service time after the one before, so that is the distance that comes back most often. Nothing is asked of the bus.
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
    const cluster = densestRun(sorted, clusterWidth);
    if (cluster.length < leastInCluster) return undefined;
    const middle = median(cluster);
    // Where a read of somebody else stands between two of ours, distances are two service times, or three.
    for (const times of [3, 2]) {
      const part = densestRun(
        sorted.filter((distance) => Math.abs(distance / (middle / times) - 1) < clusterWidth),
        clusterWidth,
      );
      if (part.length >= Math.max(leastInCluster, cluster.length * leastOfMultiple)) return median(part) / 1_000;
    }
    return middle / 1_000;
  }
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] as number;
}
