import type { DriveTarget } from "#model/drive.ts";

/** The mean interval over all entities is not shorter than this many times the shortest that one may have. */
const spread = 5;
/** Ticks in which each entity would be read once if all were read alike: fine enough for eight times as often. */
const ticksOfRound = 24;
const shortestTick = 50;
const leastAllowance = 0.01;

/** Share of the bus that reads of `cost` ms each are worth at most: what is allowed, and no more than is of use to anybody. */
export function usefulShare({ allowance, entities }: DriveTarget, cost: number): number {
  const round = Math.min(...entities.map((each) => each.least)) * spread * 1_000;
  return Math.min(allowance, (entities.length * cost) / round);
}

/** Length of the ticks in which turns on a bus are counted, ms. */
export function tickOf(target: DriveTarget): number {
  const cost = target.serviceSeconds * 1_000;
  const share = Math.max(leastAllowance, usefulShare(target, cost));
  return Math.max(shortestTick, (target.entities.length * cost) / share / ticksOfRound);
}
