import { densestRun } from "#core/densest-run.ts";
import type { EntityId } from "#model/entity.ts";
import type { Poll, PollBurst } from "#model/poll.ts";

/** What was seen of a bus in so many ms: how long each read that failed took since the end of the read before. */
interface Look {
  readonly length: number;
  readonly waits: readonly number[];
}

/** Of looking, in ms: a unit that falls silent shows within a minute, one that is back is forgotten as soon. */
const newest = 120_000;
/** A hub that tries four times with 3 s each holds its bus for 12 s; whatever is longer was not one read. */
const longestWait = 30_000;
/** Waits within this share of each other are taken for the same. */
const clusterWidth = 0.1;
const leastInCluster = 3;
const newestWaits = 50;
const cutShort = 0.1;
/** So many failures within so many ms are none of single reads. */
const bulk = 4;
const atOnce = 50;

/**
 * The share of a bus that silent units eat. While Home Assistant waits for an answer nothing else travels, so a read that failed held the bus since the read before
 * it has ended.
 */
export class TimeOuts {
  #looks: Look[] = [];
  /** The newest, also of longer ago. */
  #waits: number[] = [];
  #lastEnd: number | undefined;
  #seenUntil = Number.NEGATIVE_INFINITY;

  /** `members` are the entities of the bus. */
  step({ from, to, period, polls }: PollBurst, members: ReadonlySet<EntityId>): void {
    if (from > this.#seenUntil + period) {
      this.#lastEnd = undefined;
      this.#looks = [];
    }
    this.#seenUntil = to;
    const waits: number[] = [];
    // What was read before we looked may have failed at any time.
    const seen = polls.filter(({ entityId, time }) => members.has(entityId) && time >= from);
    const sorted = seen.toSorted((a, b) => a.time - b.time);
    for (const [index, { time, failed }] of sorted.entries()) {
      if (failed === true && this.#lastEnd !== undefined && !isBulk(sorted, index))
        waits.push(Math.min(longestWait, time - this.#lastEnd));
      this.#lastEnd = time;
    }
    this.#looks.push({ length: Math.max(0, to - from), waits });
    this.#waits = [...this.#waits, ...waits].slice(-newestWaits);
    while (this.#looks.length > 1 && this.#length() > newest) this.#looks.shift();
  }

  /** 0 to 1; undefined before anything was seen. */
  share(): number | undefined {
    const length = this.#length();
    if (length === 0) return undefined;
    const waits = this.#looks.flatMap((look) => look.waits);
    if (waits.length === 0) return 0;
    // A hub waits equally long for every answer. Single waits are cut short by states that are written without a read, or hold an idle time besides.
    const cluster = densestRun(
      this.#waits.toSorted((a, b) => a - b),
      clusterWidth,
    );
    const typical = cluster.length < leastInCluster ? 0 : (cluster[Math.floor(cluster.length / 2)] as number);
    // Far shorter ones are errors that came at once.
    const held = waits.reduce(
      (sum, wait) => sum + (wait > typical * cutShort ? (typical === 0 ? wait : typical) : wait),
      0,
    );
    return Math.min(1, held / length);
  }

  #length(): number {
    return this.#looks.reduce((sum, { length }) => sum + length, 0);
  }
}

/** No line carries so many reads at once: Home Assistant shuts down, or has lost the whole hub. */
function isBulk(polls: readonly Poll[], index: number): boolean {
  const [first, last] = [polls[index], polls[index + bulk]];
  return first !== undefined && last?.failed === true && last.time - first.time < atOnce;
}
