import { allocate } from "./allocate.ts";
import { ladder, nearestStep } from "./ladder.ts";
import { meanLoss } from "./loss-curve.ts";
import { lossOf, type Objective, scaleOf } from "./loss.ts";
import { agedStructure, type FittedStructure, StructureFunction } from "./structure-function.ts";

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

/** No interval is proposed that is further than this from the present one. */
const mostFactor = 8;
const longest = 1_024;
/** With fewer reads an entity stays as it is. */
const readsToLearn = 24;

interface Learned {
  readonly input: PlanInput;
  readonly structure: FittedStructure | undefined;
  readonly changes: number;
  readonly isNoise: boolean;
  readonly intervals: readonly number[];
}

/** Intervals that make the losses of all entities least while Σ cost / interval stays within `budget`; each with its reason. */
export function planReads(inputs: readonly PlanInput[], budget: number): readonly PlannedInterval[] {
  const learned = inputs.map(learn);
  const none: FittedStructure = { loss: new Float64Array(longest + 1), sums: new Float64Array(longest + 2) };
  const intervals = allocate(
    learned.map(({ structure = none, intervals: possible, input }) => ({
      structure,
      intervals: possible,
      ...(input.cost === undefined ? {} : { cost: input.cost }),
    })),
    budget,
  );
  return learned.map((each, index) => describe(each, intervals[index] as number));
}

function learn(input: PlanInput): Learned {
  const { present, reads, objective, refresh = 0, formula } = input;
  const step = nearestStep(present);
  const values = Float64Array.from(reads, ({ value }) => value);
  const known = values.filter((value) => !Number.isNaN(value));
  const changes = known.reduce((count, value, index) => count + (index > 0 && value !== known[index - 1] ? 1 : 0), 0);
  const most = Math.min(longest, present * mostFactor);
  const wide = ladder.filter((seconds) => seconds >= Math.max(refresh, present / mostFactor) && seconds <= most);
  const slowest = wide.at(-1) ?? step;
  if (known.length < readsToLearn) {
    return { input, structure: undefined, changes, isNoise: false, intervals: [step] };
  }
  const scale = scaleOf(values);
  const structure = new StructureFunction();
  for (const { tick, value } of reads) structure.add(tick, value, (a, b) => lossOf(a, b, scale, objective));
  const aged = agedStructure(structure.fit(longest + 1));
  const isNoise = changes > 0 && structure.isFlat(present);
  const gainsByReading = changes > 0 && !isNoise && formula === undefined && wide.length > 0;
  const intervals = gainsByReading ? wide : [slowest];
  return { input, structure: aged, changes, isNoise, intervals };
}

function describe({ input, structure, changes, isNoise }: Learned, proposed: number): PlannedInterval {
  const { entityId, present, formula, objective } = input;
  const isSame = proposed === nearestStep(present);
  const common = { entityId, present, proposed: isSame ? present : proposed };
  if (structure === undefined) {
    return { ...common, reason: `Learning: ${input.reads.length} of ${readsToLearn} reads seen.` };
  }
  const lossFor = (seconds: number): number => meanLoss(structure, Math.max(1, Math.min(longest, Math.round(seconds))));
  const [loss, lossAfter] = [lossFor(present), lossFor(common.proposed)];
  const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;
  const measure =
    objective === "staleness" ? `out of date ${percent(loss)} of the time` : `off by ${percent(loss)} of its range`;
  if (formula !== undefined) return { ...common, loss, lossAfter, reason: `Can be computed: ${formula}.` };
  if (changes === 0) return { ...common, loss, lossAfter, reason: `Never changed in ${input.reads.length} reads.` };
  if (isNoise) return { ...common, loss, lossAfter, reason: `Noise: ${measure}, however often it is read.` };
  if (isSame) return { ...common, loss, lossAfter, reason: `Fine: ${measure} on average.` };
  return { ...common, loss, lossAfter, reason: `Now ${measure} on average, then ${percent(lossAfter)}.` };
}
