import type { Advice } from "#model/advice.ts";
import type { Bus, BusLoad } from "#model/bus.ts";
import type { EffectiveInterval } from "#model/effective-interval.ts";
import type { EntityId } from "#model/entity.ts";
import { assumedReadSeconds } from "./cost-model.ts";

export interface LoadInput {
  readonly intervals: ReadonlyMap<EntityId, EffectiveInterval>;
  readonly advice: ReadonlyMap<EntityId, Advice>;
  /** Seconds of one read, where it was observed. */
  readonly observedSeconds: number | undefined;
  /** Share of time spent waiting for answers that do not come. @default 0 */
  readonly timeOutShare?: number | undefined;
}

/** Seconds of one read: as observed, else as its configuration says, else as is usual for its kind. */
export function serviceSecondsOf(bus: Bus, observedSeconds: number | undefined): number {
  return observedSeconds ?? bus.readSeconds ?? assumedReadSeconds(bus.type);
}

/** Utilisation = sum over the entities of service time / effective interval, and what time-outs take; intervals are those that were really seen, so it is never above 1. */
export function loadOf(bus: Bus, { intervals, advice, observedSeconds, timeOutShare = 0 }: LoadInput): BusLoad {
  const serviceSeconds = serviceSecondsOf(bus, observedSeconds);
  let requestsPerSecond = 0;
  let requestsAfter = 0;
  let counted = 0;
  for (const entityId of bus.entityIds) {
    const seconds = intervals.get(entityId)?.seconds;
    if (seconds === undefined) continue;
    counted += 1;
    requestsPerSecond += 1 / seconds;
    const given = advice.get(entityId);
    requestsAfter +=
      1 / (given?.action === "slower" || given?.action === "faster" ? (given.recommended ?? seconds) : seconds);
  }
  return {
    busId: bus.id,
    requestsPerSecond,
    serviceSeconds,
    serviceOrigin: observedSeconds === undefined ? "assumed" : "observed",
    timeOutShare,
    utilisation: Math.min(1, requestsPerSecond * serviceSeconds + timeOutShare),
    utilisationAfter: Math.min(1, requestsAfter * serviceSeconds + timeOutShare),
    counted,
    uncounted: bus.entityIds.length - counted,
  };
}

const notableTimeOuts = 0.05;
const namedReads = 3;

interface Costly {
  readonly name: string;
  /** 0 to 1. */
  readonly share: number;
}

export interface LoadFacts {
  /** Share of the bus that reads should take. */
  readonly budget: number;
  /** Entities that have no value now. */
  readonly missing: number;
  /** Entities with the share of the bus that their reads take, largest first; asked for of a full bus only. @default none */
  readonly costly?: () => readonly Costly[];
}

/** What matters about a bus, in a sentence or two. */
export function loadSentence(bus: Bus, load: BusLoad, { budget, missing, costly = () => [] }: LoadFacts): string {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  if (load.counted === 0) return `Learning how often ${bus.name} is read.`;
  if (load.timeOutShare > notableTimeOuts) {
    const silent = missing === 1 ? "An entity does" : `${missing} entities do`;
    return `${silent} not answer: waiting for them holds ${bus.name} ${percent(load.timeOutShare)} of the time.`;
  }
  const name = bus.name.slice(0, 1).toUpperCase() + bus.name.slice(1);
  if (load.utilisation > 0.95)
    return `${name} is full: reads wait for each other, so values arrive later than they were set to.${dearest(costly())}`;
  if (load.utilisation > budget)
    return `${name} is busy ${percent(load.utilisation)} of the time, more than the ${percent(budget)} it should be.`;
  return `${name} is fine: busy ${percent(load.utilisation)} of the time.`;
}

function dearest(costly: readonly Costly[]): string {
  const named = costly.slice(0, namedReads).map(({ name, share }) => `${name} (${(share * 100).toFixed(1)} %)`);
  return named.length === 0 ? "" : ` Most of it goes to ${new Intl.ListFormat("en").format(named)}.`;
}
