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

interface Step {
  readonly claim: number;
  readonly interval: number;
  readonly load: number;
  readonly worth: number;
}

/**
 * Intervals, in ticks, that make the sum of weighted mean losses least while Σ cost / interval stays within `budget`. Steps along the lower convex hull of each entity's loss over its load are taken in
 * the order of what they give for the load (Fox, Operations Research 14, 1966), which is the optimum of the hulls; O(n log n). It stops where all further steps together would spare less than `spare`.
 */
export function allocate(claims: readonly Claim[], budget: number, spare = 0): number[] {
  const steps = claims.flatMap((claim, index) => stepsOf(claim, index));
  steps.sort((a, b) => b.worth - a.worth || a.claim - b.claim);
  const all = takeSteps(claims, steps, budget, Number.NEGATIVE_INFINITY);
  return spare > 0 ? takeSteps(claims, steps, budget, all.loss + spare).chosen : all.chosen;
}

/** The best steps that fit, until the sum of losses is `enough`. */
function takeSteps(
  claims: readonly Claim[],
  steps: readonly Step[],
  budget: number,
  enough: number,
): { readonly chosen: number[]; readonly loss: number } {
  const chosen = claims.map(({ intervals }) => intervals.at(-1) ?? 1);
  let load = claims.reduce((sum, { cost = 1 }, index) => sum + cost / (chosen[index] as number), 0);
  let loss = claims.reduce((sum, { losses, weight = 1 }) => sum + weight * (losses.at(-1) ?? 0), 0);
  const full = new Set<number>();
  for (const step of steps) {
    if (loss <= enough) break;
    if (full.has(step.claim)) continue;
    const { intervals, losses, cost = 1, weight = 1 } = claims[step.claim] as Claim;
    const present = chosen[step.claim] as number;
    const room = budget * (1 + 1e-9) - load + cost / present;
    // A step that does not fit is made as far as it fits, and leaves the rest to smaller ones of others.
    const next = cost / step.interval <= room ? step.interval : intervals.find((ticks) => cost / ticks <= room);
    if (next !== step.interval) full.add(step.claim);
    if (next === undefined || next >= present) continue;
    chosen[step.claim] = next;
    load += cost / next - cost / present;
    loss += weight * ((losses[intervals.indexOf(next)] as number) - (losses[intervals.indexOf(present)] as number));
  }
  return { chosen, loss };
}

/** From the longest interval to shorter ones, each worth less for its load than the one before. */
function stepsOf({ intervals, losses, cost = 1, weight = 1 }: Claim, claim: number): Step[] {
  const hull: { readonly interval: number; readonly load: number; readonly loss: number }[] = [];
  for (let index = intervals.length - 1; index >= 0; index -= 1) {
    const interval = intervals[index] as number;
    const point = { interval, load: cost / interval, loss: weight * (losses[index] as number) };
    for (
      let last = hull.at(-1), before = hull.at(-2);
      last !== undefined && before !== undefined;
      last = hull.at(-1), before = hull.at(-2)
    ) {
      const isAbove =
        (last.loss - before.loss) * (point.load - before.load) >=
        (point.loss - before.loss) * (last.load - before.load);
      if (!isAbove) break;
      hull.pop();
    }
    hull.push(point);
  }
  const steps: Step[] = [];
  for (const [index, point] of hull.entries()) {
    const before = hull[index - 1];
    if (before === undefined) continue;
    const gain = before.loss - point.loss;
    if (!(gain > 0)) break;
    const load = point.load - before.load;
    steps.push({ claim, interval: point.interval, load, worth: gain / load });
  }
  return steps;
}
