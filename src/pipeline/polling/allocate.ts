import { meanLoss } from "./loss-curve.ts";
import type { FittedStructure } from "./structure-function.ts";

const ladder: readonly number[] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1_024];

/** Intervals of a plan between the two limits, in ticks; never none. Many are multiples of others, so that reads can be shared. */
export function tickLadder(least: number, most: number): readonly number[] {
  const steps = ladder.filter((ticks) => ticks >= least && ticks <= most);
  return steps.length > 0 ? steps : [Math.max(1, Math.round(least))];
}

/** What one entity may get, and what it costs. */
export interface Claim {
  /** Ticks, ascending; the longest is what it gets at the least. */
  readonly intervals: readonly number[];
  /** Mean loss with each of them. */
  readonly losses: readonly number[];
  /** Share of the budget's unit that one read takes. @default 1 */
  readonly cost?: number;
  /** How much its loss matters beside that of others. @default 1 */
  readonly weight?: number;
}

/** What an entity of this structure may get. */
export function claimOf(structure: FittedStructure, intervals: readonly number[]): Claim {
  return { intervals, losses: intervals.map((ticks) => meanLoss(structure, ticks)) };
}

/** Steps of all claims, the best first: to which interval of which claim. */
interface Steps {
  readonly claims: Uint32Array;
  /** Places among the claim's intervals. */
  readonly places: Uint8Array;
  readonly order: Uint32Array;
}

/**
 * Intervals, in ticks, that make the sum of weighted mean losses least while Σ cost / interval stays within `budget`. Steps along the lower convex hull of each entity's loss over its load are taken in
 * the order of what they give for the load (Fox, Operations Research 14, 1966), which is the optimum of the hulls; O(n log n). It stops where all further steps together would spare less than `spare`.
 */
export function allocate(claims: readonly Claim[], budget: number, spare = 0): number[] {
  const steps = stepsOf(claims);
  const all = takeSteps(claims, steps, budget, Number.NEGATIVE_INFINITY);
  return spare > 0 ? takeSteps(claims, steps, budget, all.loss + spare).chosen : all.chosen;
}

/** The best steps that fit, until the sum of losses is `enough`. */
function takeSteps(
  claims: readonly Claim[],
  { claims: of, places, order }: Steps,
  budget: number,
  enough: number,
): { readonly chosen: number[]; readonly loss: number } {
  const chosen = claims.map(({ intervals }) => Math.max(0, intervals.length - 1));
  let [load, loss] = [0, 0];
  for (const { intervals, losses, cost = 1, weight = 1 } of claims) {
    load += cost / (intervals.at(-1) ?? 1);
    loss += weight * (losses.at(-1) ?? 0);
  }
  const full = new Uint8Array(claims.length);
  for (const step of order) {
    if (loss <= enough) break;
    const index = of[step] as number;
    if (full[index] === 1) continue;
    const { intervals, losses, cost = 1, weight = 1 } = claims[index] as Claim;
    const present = chosen[index] as number;
    const room = budget * (1 + 1e-9) - load + cost / (intervals[present] as number);
    let next = places[step] as number;
    if (cost / (intervals[next] as number) > room) {
      // A step that does not fit is made as far as it fits, and leaves the rest to smaller ones of others.
      full[index] = 1;
      next = intervals.findIndex((ticks) => cost / ticks <= room);
    }
    if (next < 0 || next >= present) continue;
    chosen[index] = next;
    load += cost / (intervals[next] as number) - cost / (intervals[present] as number);
    loss += weight * ((losses[next] as number) - (losses[present] as number));
  }
  return { chosen: chosen.map((place, index) => claims[index]?.intervals[place] ?? 1), loss };
}

/** Of each claim from its longest interval to shorter ones, each worth less for its load than the one before. */
function stepsOf(claims: readonly Claim[]): Steps {
  const most = claims.reduce((sum, { intervals }) => sum + Math.max(0, intervals.length - 1), 0);
  const result = { claims: new Uint32Array(most), places: new Uint8Array(most) };
  const worth = new Float64Array(most);
  let count = 0;
  for (const [index, { intervals, losses, cost = 1, weight = 1 }] of claims.entries()) {
    const loadOf = (place: number): number => cost / (intervals[place] as number);
    const lossOf = (place: number): number => weight * (losses[place] as number);
    const hull: number[] = [];
    for (let place = intervals.length - 1; place >= 0; place -= 1) {
      for (
        let last = hull.at(-1), before = hull.at(-2);
        last !== undefined && before !== undefined;
        last = hull.at(-1), before = hull.at(-2)
      ) {
        const isAbove =
          (lossOf(last) - lossOf(before)) * (loadOf(place) - loadOf(before)) >=
          (lossOf(place) - lossOf(before)) * (loadOf(last) - loadOf(before));
        if (!isAbove) break;
        hull.pop();
      }
      hull.push(place);
    }
    for (let at = 1; at < hull.length; at += 1) {
      const [before, place] = [hull[at - 1] as number, hull[at] as number];
      const gain = lossOf(before) - lossOf(place);
      if (!(gain > 0)) break;
      result.claims[count] = index;
      result.places[count] = place;
      worth[count] = gain / (loadOf(place) - loadOf(before));
      count += 1;
    }
  }
  return { ...result, order: byWorth(worth.subarray(0, count)) };
}

/**
 * Places of positive numbers, the largest first, of equal ones the first first. The bits of positive numbers are in the order of the numbers, so a place in the lowest ones (of 52, a 10⁻¹⁰ of the number for
 * a quarter of a million of them) is sorted with its number, without a comparison function.
 */
function byWorth(worth: Float64Array): Uint32Array {
  const count = worth.length;
  const mask = 2 ** Math.ceil(Math.log2(Math.max(2, count))) - 1;
  const keys = Float64Array.from(worth);
  const words = new Uint32Array(keys.buffer);
  for (let place = 0; place < count; place += 1) {
    const low = words[2 * place] as number;
    words[2 * place] = ((low & ~mask) | (count - 1 - place)) >>> 0;
  }
  keys.sort();
  const order = new Uint32Array(count);
  for (let rank = 0; rank < count; rank += 1) {
    order[rank] = count - 1 - ((words[2 * (count - 1 - rank)] as number) & mask);
  }
  return order;
}
