import { allocate, type Claim } from "./allocate.ts";
import type { JoinedPlan } from "#model/joined-plan.ts";
import type { LoadCurve } from "#model/load-curve.ts";
import type { PlanGain } from "#model/plan-gain.ts";
import { ladder, nearestStep } from "./ladder.ts";
import { meanLoss } from "./loss-curve.ts";
import { lossOf, type Objective, scaleOf } from "./loss.ts";
import { agedStructure, StructureFunction } from "./structure-function.ts";

/** One entity, and what was seen of it. Times in seconds. */
export interface PlanInput {
  readonly entityId: string;
  /** How often it is read now. */
  readonly present: number;
  /** Reads in their order, ticks in seconds; NaN for none. */
  readonly reads: readonly { readonly tick: number; readonly value: number }[];
  /** `staleness` for what switches, `error` for what moves. */
  readonly objective: Objective;
  /** Share of the budget's unit that a read takes. @default 1 */
  readonly cost?: number;
  /** The device has no new value sooner than this. */
  readonly refresh?: number;
  /** A value that is less off than this is as good as right, in the entity's unit. @default how far it is off counts */
  readonly tolerance?: number;
  /** Seconds between which somebody wants its interval. @default from an eighth to eight times the present one */
  readonly least?: number;
  readonly most?: number;
  /** What it can be computed from: it need not be read for itself. */
  readonly formula?: string;
}

export interface PlannedInterval {
  readonly entityId: string;
  readonly present: number;
  readonly proposed: number;
  /** Mean loss, 0 to 1, with the present interval and with the proposed one; absent while too little was seen. */
  readonly loss?: number;
  readonly lossAfter?: number;
  readonly reason: string;
}

/** A plan for one bus. */
export interface BusPlan {
  readonly entities: readonly PlannedInterval[];
  /** Absent while too little was seen to judge it. */
  readonly gain?: PlanGain;
  /** What an integration could do that joins neighbouring registers; absent where the configuration of the bus is not known. */
  readonly joined?: JoinedPlan;
  /** Loss against load; absent while too little was seen to judge it. */
  readonly curve?: LoadCurve;
}

/** No interval is proposed that is further than this from the present one. */
const mostFactor = 8;
/** Seconds. */
export const longestPlanned = 1_024;
/** With fewer reads an entity stays as it is. */
export const readsToLearn = 24;

/** What was learned of an entity: what it loses with each interval it may get. A few hundred bytes, whatever was read. */
export interface LearnedEntity extends Claim {
  readonly input: Omit<PlanInput, "reads">;
  readonly reads: number;
  readonly changes: number;
  readonly isNoise: boolean;
  /** Mean loss with the present interval; absent while too little was seen. */
  readonly loss?: number;
}

/** Intervals that make the losses of all entities least while Σ cost / interval stays within `budget`; each with its reason. */
export function planReads(inputs: readonly PlanInput[], budget: number): readonly PlannedInterval[] {
  return planLearned(inputs.map(learnReads), budget);
}

export interface PlanOptions {
  /** Reads that would spare less of the mean loss than this, all together, are left out. @default 0 */
  readonly spare?: number;
  /** Intervals planned before, by entity: they stay while better ones would spare less than `spare`. @default none */
  readonly previous?: ReadonlyMap<string, number>;
}

/** See planReads. */
export function planLearned(
  learned: readonly LearnedEntity[],
  budget: number,
  { spare = 0, previous = new Map() }: PlanOptions = {},
): readonly PlannedInterval[] {
  const best = allocate(learned, budget, spare * learned.length);
  const kept = learned.map(({ input }) => previous.get(input.entityId));
  const intervals = isStillGood(learned, kept, best, budget, spare) ? (kept as number[]) : best;
  return learned.map((each, index) => describe(each, intervals[index] as number));
}

/** Of each a possible interval, no more reads than there may be, and losses nearly as small. */
function isStillGood(
  learned: readonly LearnedEntity[],
  kept: readonly (number | undefined)[],
  best: readonly number[],
  budget: number,
  spare: number,
): boolean {
  let [load, excess] = [0, 0];
  for (const [index, { intervals, losses, cost = 1 }] of learned.entries()) {
    const at = intervals.indexOf(kept[index] ?? Number.NaN);
    if (at < 0) return false;
    load += cost / (kept[index] as number);
    excess += (losses[at] as number) - (losses[intervals.indexOf(best[index] as number)] as number);
  }
  return load <= budget && excess <= spare * learned.length;
}

export function learnReads({ reads, ...input }: PlanInput): LearnedEntity {
  const { present, refresh = 0, formula, cost = 1 } = input;
  const values = Float64Array.from(reads, ({ value }) => value);
  const known = values.filter((value) => !Number.isNaN(value));
  const changes = known.reduce((count, value, index) => count + (index > 0 && value !== known[index - 1] ? 1 : 0), 0);
  const common = { input, reads: reads.length, changes, cost };
  const step = within(nearestStep(present), input);
  if (known.length < readsToLearn) return { ...common, isNoise: false, intervals: [step], losses: [0] };
  const { least = present / mostFactor, most = Math.min(longestPlanned, present * mostFactor) } = input;
  const wide = ladder.filter((seconds) => seconds >= Math.max(refresh, least) && seconds <= most);
  const structure = new StructureFunction();
  const loss = lossIn(input, values);
  for (const { tick, value } of reads) structure.add(tick, value, loss);
  const lossFor = lossByInterval(structure);
  const isNoise = changes > 0 && structure.isFlat(present);
  const gainsByReading = changes > 0 && !isNoise && formula === undefined && wide.length > 0;
  const intervals = gainsByReading ? wide : [wide.at(-1) ?? step];
  return { ...common, isNoise, intervals, losses: intervals.map(lossFor), loss: lossFor(present) };
}

/** The nearest to it that somebody wants. */
function within(seconds: number, { least = 0, most = Number.POSITIVE_INFINITY }: Omit<PlanInput, "reads">): number {
  return Math.min(Math.max(seconds, least), most);
}

/** What is lost while one value is shown and another is true, of a signal with such values. */
export function lossIn(
  { objective, tolerance }: Omit<PlanInput, "reads">,
  values: Float64Array,
): (shown: number, value: number) => number {
  const scale = scaleOf(values);
  if (tolerance === undefined) return (a, b) => lossOf(a, b, scale, objective);
  return (a, b) => lossOf(a, b, { ...scale, tolerance }, "staleness");
}

/** Mean loss of what is read every so many seconds; a value is a second old at the least, so that noise is worth nothing in the moment it is read. */
export function lossByInterval(structure: StructureFunction, mayChange?: number): (seconds: number) => number {
  const aged = agedStructure(structure.fit(longestPlanned + 1, mayChange));
  return (seconds) => meanLoss(aged, Math.max(1, Math.min(longestPlanned, Math.round(seconds))));
}

function describe({ input, intervals, losses, loss, ...learned }: LearnedEntity, proposed: number): PlannedInterval {
  const { entityId, present, formula, objective, tolerance } = input;
  const isSame = proposed === nearestStep(present);
  const common = { entityId, present, proposed: isSame ? present : proposed };
  if (loss === undefined) return { ...common, reason: `Learning: ${learned.reads} of ${readsToLearn} reads seen.` };
  const lossAfter = isSame ? loss : (losses[intervals.indexOf(proposed)] as number);
  const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;
  const measure = ((): string => {
    if (tolerance !== undefined) return `off by more than ${tolerance} ${percent(loss)} of the time`;
    return objective === "staleness"
      ? `out of date ${percent(loss)} of the time`
      : `off by ${percent(loss)} of its range`;
  })();
  const reason = ((): string => {
    if (formula !== undefined) return `Can be computed: ${formula}.`;
    if (learned.changes === 0) return `Never changed in ${learned.reads} reads.`;
    if (learned.isNoise) return `Noise: ${measure}, however often it is read.`;
    return isSame ? `Fine: ${measure} on average.` : `Now ${measure} on average, then ${percent(lossAfter)}.`;
  })();
  return { ...common, loss, lossAfter, reason };
}
