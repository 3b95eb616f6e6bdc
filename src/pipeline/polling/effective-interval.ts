import type { EffectiveInterval } from "#model/effective-interval.ts";
import type { EntityId } from "#model/entity.ts";
import type { PollBurst } from "#model/poll.ts";
import type { ReadGap } from "#model/read-gap.ts";
import { EntityStates } from "../entity-states.ts";
import type { Stage } from "../stage.ts";

/** The newest gaps between reads of one entity, in ms; plain data. */
export interface PollGaps {
  readonly version: typeof version;
  /** Negative where another read may hide in the gap. */
  gaps: number[];
  /** The last read of this run. */
  lastPoll: number | undefined;
  /** The last read of all. */
  asOf: number;
}

const version = 2;

/** The last ten minutes of a register read every ten seconds. */
const newestGaps = 64;
/** With fewer, a single read on demand could pass for an interval. */
const leastGaps = 3;
/** Gaps this many times the median are outages and restarts, not the interval. */
const outage = 2.5;
const mostOnDemand = 0.2;
/** Reads closer to each other than this, in periods of looking, are missed now and then. */
const clearOfPeriod = 1.5;
/** When more gaps than this are that short, the longer ones may well be two. */
const mostUnclear = 0.25;

/** Effective intervals from reads that were seen. */
export class EffectiveIntervals implements Stage<PollBurst, ReadonlyMap<EntityId, PollGaps>> {
  readonly states: EntityStates<PollGaps> = new EntityStates(version);
  #seenUntil = Number.NEGATIVE_INFINITY;

  step({ from, to, period, polls }: PollBurst): void {
    const continues = from <= this.#seenUntil + period;
    if (!continues) for (const state of this.states.values()) state.lastPoll = undefined;
    this.#seenUntil = to;
    for (const { entityId, time } of polls) {
      const state = this.states.get(entityId) ?? { version, gaps: [], lastPoll: undefined, asOf: time };
      this.states.set(entityId, state);
      const gap = state.lastPoll === undefined ? 0 : time - state.lastPoll;
      if (state.lastPoll !== undefined && gap <= 0) continue;
      if (gap > 0) {
        state.gaps.push(gap >= clearOfPeriod * period ? gap : -gap);
        if (state.gaps.length > newestGaps) state.gaps.shift();
        this.states.touch(entityId);
      }
      state.lastPoll = time;
      state.asOf = time;
    }
  }

  /** Gaps that are known without watching, in the order of their ends. Those that are older than what was seen fill up what is missing. */
  addGaps(gaps: readonly ReadGap[]): void {
    for (const { entityId, from, to } of gaps) {
      const state = this.states.get(entityId) ?? { version, gaps: [], lastPoll: undefined, asOf: to };
      this.states.set(entityId, state);
      if (to < state.asOf) {
        if (state.gaps.length >= newestGaps) continue;
        state.gaps.unshift(to - from);
      } else {
        state.gaps.push(to - from);
        if (state.gaps.length > newestGaps) state.gaps.shift();
        state.asOf = to;
      }
      this.states.touch(entityId);
    }
  }

  /** Undefined while too few reads were seen. */
  interval(entityId: EntityId): EffectiveInterval | undefined {
    const state = this.states.get(entityId);
    if (state === undefined) return undefined;
    const length = sortGaps(state.gaps);
    if (length < leastGaps || state.gaps.length - length > state.gaps.length * mostUnclear) return undefined;
    const median = sorted[Math.floor(length / 2)] as number;
    let notLonger = length;
    while ((sorted[notLonger - 1] as number) > outage * median) notLonger -= 1;
    let shorter = 0;
    while ((sorted[shorter] as number) < median / outage) shorter += 1;
    // A few short gaps are starts and reads on demand; many are how it is really read.
    const from = notLonger - shorter >= notLonger * (1 - mostOnDemand) ? shorter : 0;
    const count = notLonger - from;
    let sum = 0;
    for (let index = from; index < notLonger; index += 1) sum += sorted[index] as number;
    const mean = sum / count;
    let squares = 0;
    for (let index = from; index < notLonger; index += 1) squares += ((sorted[index] as number) - mean) ** 2;
    return {
      entityId,
      seconds: mean / 1_000,
      origin: "last-reported",
      jitter: Math.sqrt(squares / count) / 1_000,
      gaps: count,
      asOf: state.asOf,
    };
  }

  /** Gaps seen of an entity, those that may hide a read too, for those who wait for enough of them. */
  gapsSeen(entityId: EntityId): number {
    return this.states.get(entityId)?.gaps.length ?? 0;
  }

  snapshot(): ReadonlyMap<EntityId, PollGaps> {
    return this.states.snapshot();
  }

  /** Gaps from an earlier run stay; the time between the runs is none. False for a snapshot of another version, or none. */
  restore(entityId: EntityId, snapshot: unknown): boolean {
    const state = this.states.stateIn(snapshot);
    if (state !== undefined) this.states.set(entityId, { ...state, lastPoll: undefined });
    return state !== undefined;
  }
}

/** Puts those in which no other read may hide into `sorted`, ascending, and says how many they are. An overview of a building asks for thousands. */
function sortGaps(gaps: readonly number[]): number {
  let length = 0;
  for (const gap of gaps) {
    if (gap <= 0) continue;
    let at = length++;
    for (; at > 0 && (sorted[at - 1] as number) > gap; at -= 1) sorted[at] = sorted[at - 1] as number;
    sorted[at] = gap;
  }
  return length;
}

const sorted = new Float64Array(newestGaps);
