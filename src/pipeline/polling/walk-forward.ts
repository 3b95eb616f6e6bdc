import type { PlanGain } from "#model/plan-gain.ts";
import { type LearnedEntity, learnReads, lossByInterval, lossIn, planLearned, type PlanInput } from "./plan.ts";
import { StructureFunction } from "./structure-function.ts";

/** What the second half is judged in: hours differ, and by how much is what chance is measured by. */
const blocks = 8;
/** Student's t with seven degrees of freedom, both sides of 95 %. */
const quantile = 2.365;
const fewestReads = 12;
/** A plan that is good by day must not be bad by night. */
const quarters = 4;
const day = 86_400;
/** Of the mean loss: what reads must spare to be worth it, all together; and how much worse a plan with fewer reads may be. */
export const worthNoRead = 0.002;
const asGood = 0.005;
/** How much worse it may be in any quarter of the day. */
const badQuarter = 0.01;
/** A plan that is only as good as what there is must get by with this share of the reads. */
const fewer = 0.9;

/** An entity of which the first half is learned, and the second kept to judge by. */
export interface HeldOut {
  readonly learned: LearnedEntity;
  /** Mean loss in each block of the second half with the interval it would have without a plan, and with each it may get. */
  readonly before: readonly number[];
  readonly after: readonly (readonly number[])[];
  /** The same in each quarter of the day, from whatever hour the reads begin at. */
  readonly quarters: { readonly before: readonly number[]; readonly after: readonly (readonly number[])[] };
}

/**
 * Learns from the first half of what an entity showed, and measures its losses on the second. `without`: seconds between its reads without a plan. Undefined while too little was seen. Between two reads
 * nobody knows what a value did: there the structure function of the second half stands, continued.
 */
export function holdOut(input: PlanInput, without: number): HeldOut | undefined {
  const { reads, formula } = input;
  const middle = Math.floor(reads.length / 2);
  const size = Math.floor((reads.length - middle) / blocks);
  // What can be computed is not read for itself, and nothing is lost.
  if (size < fewestReads || formula !== undefined) return undefined;
  const first = reads.slice(0, middle);
  const learned = learnReads({ ...input, reads: first });
  // Only the unit that losses are measured in: the plan is made with that of the first half.
  const loss = lossIn(
    input,
    Float64Array.from(reads, ({ value }) => value),
  );
  const structureOf = (from: number, to: number): StructureFunction => {
    const structure = new StructureFunction();
    for (const { tick, value } of reads.slice(from, to)) structure.add(tick, value, loss);
    return structure;
  };
  // Of noise nothing is lost by waiting, whatever the structure function makes of ages between two reads.
  const isNoise = structureOf(middle, reads.length).isFlat(input.present);
  // As it was, without what else might have come.
  const seenIn = (structure: StructureFunction): ((seconds: number) => number) => {
    const lossFor = lossByInterval(structure, 0);
    return isNoise ? () => lossFor(without) : lossFor;
  };
  const inBlocks = Array.from({ length: blocks }, (_, block) =>
    seenIn(structureOf(middle + block * size, middle + (block + 1) * size)),
  );
  const inQuarters = Array.from({ length: quarters }, (_, quarter) => {
    const structure = new StructureFunction();
    for (const { tick, value } of reads.slice(middle)) {
      const isIn = Math.floor((tick % day) / (day / quarters)) === quarter;
      // Nothing is compared across another quarter.
      structure.add(tick, isIn ? value : Number.NaN, loss);
    }
    return seenIn(structure);
  });
  const table = (losses: readonly ((seconds: number) => number)[]): HeldOut["quarters"] => ({
    before: losses.map((lossFor) => lossFor(without)),
    after: learned.intervals.map((seconds) => losses.map((lossFor) => lossFor(seconds))),
  });
  return { learned, ...table(inBlocks), quarters: table(inQuarters) };
}

/** What a plan made of the first halves, within `budget` reads a second, gains in the second; undefined of no entity. */
export function walkForward(entities: readonly HeldOut[], budget: number, spare = 0): PlanGain | undefined {
  if (entities.length === 0) return undefined;
  const plan = planLearned(
    entities.map(({ learned }) => learned),
    budget,
    { spare },
  );
  const sums = (length: number, of: (entity: HeldOut, index: number) => readonly number[]): number[] =>
    Array.from(
      { length },
      (_, part) =>
        entities.reduce((sum, entity, index) => sum + (of(entity, index)[part] as number), 0) / entities.length,
    );
  const planned = (
    { learned }: HeldOut,
    { before: kept, after: each }: HeldOut["quarters"],
    index: number,
  ): readonly number[] => {
    const { proposed, present } = plan[index] as (typeof plan)[number];
    return proposed === present ? kept : (each[learned.intervals.indexOf(proposed)] as readonly number[]);
  };
  const before = sums(blocks, (entity) => entity.before);
  const after = sums(blocks, (entity, index) => planned(entity, entity, index));
  const byQuarter = sums(quarters, (entity) => entity.quarters.before);
  const byQuarterAfter = sums(quarters, (entity, index) => planned(entity, entity.quarters, index));
  const worst = Math.min(...byQuarter.map((loss, quarter) => loss - (byQuarterAfter[quarter] as number)));
  const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / blocks;
  const spared = before.map((loss, block) => loss - (after[block] as number));
  const [loss, difference] = [mean(before), mean(spared)];
  const variance = spared.reduce((sum, each) => sum + (each - difference) ** 2, 0) / (blocks - 1);
  const margin = quantile * Math.sqrt(variance / blocks);
  const loadAfter = plan.reduce((sum, { proposed }) => sum + 1 / proposed, 0) / budget;
  const isBetter = difference - margin > 0;
  const isAsGood = difference - margin > -asGood;
  return {
    loss,
    lossAfter: mean(after),
    spared: difference,
    low: difference - margin,
    high: difference + margin,
    readsAfter: loadAfter,
    isProven: worst > -badQuarter && (isBetter || (isAsGood && loadAfter < fewer)),
  };
}
