import type { EntityId } from "#model/entity.ts";
import type { RecentReads } from "#model/plot-series.ts";
import type { PollBurst } from "#model/poll.ts";

/** Of all entities together: some megabytes. */
const mostReads = 200_000;
const fewestOfOne = 64;
const mostOfOne = 2_000;
const mostStretches = 1_000;

/** The reads that were seen lately, in memory: a plot shows them below the values. */
export class RecentReadTimes {
  readonly #times = new Map<EntityId, number[]>();
  #looked: [from: number, to: number][] = [];

  see({ from, to, polls }: PollBurst): void {
    const last = this.#looked.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else this.#looked.push([from, to]);
    if (this.#looked.length > mostStretches) this.#looked = this.#looked.slice(-mostStretches / 2);
    for (const { entityId, time } of polls) {
      const times = this.#times.get(entityId) ?? [];
      this.#times.set(entityId, times);
      if (time > (times.at(-1) ?? Number.NEGATIVE_INFINITY)) times.push(time);
    }
    const most = Math.min(mostOfOne, Math.max(fewestOfOne, mostReads / Math.max(1, this.#times.size)));
    for (const times of this.#times.values())
      if (times.length > most) times.splice(0, Math.ceil(times.length - most / 2));
  }

  /** See Rename. */
  rename(from: EntityId, to: EntityId): void {
    const times = this.#times.get(from);
    if (times === undefined) return;
    this.#times.delete(from);
    this.#times.set(to, times);
  }

  /** Those within [from, to). Of stretches from before the first read that is remembered nothing is said. */
  within(entityId: EntityId, from: number, to: number): RecentReads {
    const times = this.#times.get(entityId) ?? [];
    const since = Math.max(from, times[0] ?? Number.POSITIVE_INFINITY);
    return {
      times: times.filter((time) => time >= from && time < to),
      looked: this.#looked
        .map(([begin, end]) => [Math.max(begin, since), Math.min(end, to)] as const)
        .filter(([begin, end]) => begin < end),
    };
  }
}
