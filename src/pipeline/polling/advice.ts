import type { Advice } from "#model/advice.ts";
import type { EffectiveInterval } from "#model/effective-interval.ts";
import type { EntityStatistics } from "#model/entity-statistics.ts";
import type { Prior } from "#model/prior.ts";
import { formatDuration } from "#core/duration.ts";
import { ladder, nearestStep, stepDown, stepUp } from "./ladder.ts";

export interface AdviceInput {
  readonly entityId: string;
  readonly statistics?: EntityStatistics;
  readonly interval?: EffectiveInterval;
  /** Unit of measurement, for the sentence. */
  readonly unit?: string;
  /** Reads seen, while there are too few for an interval. */
  readonly readsSeen: number;
  /** Stands in where too little was seen. */
  readonly prior?: Prior;
}

export interface AdviceOptions {
  /** Seconds the bus is busy for one read. */
  readonly serviceSeconds: number;
  /** Share of the bus that reads may take. */
  readonly budget: number;
}

/** No advice is further than this factor from what is now: plans that stay near hold when a register changes its ways. */
const mostFactor = 8;
/** Even a constant is looked at so often, in seconds. */
const constantFloor = 300;
const counterInterval = 60;
const noiseInterval = 30;
/** From here on von Neumann's ratio says that the order of the values carries nothing. */
const noiseRoughness = 0.75;
/** A value that moves within fewer intervals than this may well have done so within one. */
const betweenReads = 1.5;
const enoughChanges = 10;
const enoughReads = 10;
/** What an interval takes at the least. */
const enoughGaps = 3;
/** A switch is shown late by this share of the time between its changes. */
const switchLateness = 0.02;
const slowestSwitch = 30;

interface Wish {
  readonly input: AdviceInput;
  readonly present: number;
  /** Seconds; on the ladder. */
  readonly wanted: number;
  readonly reason: string;
  readonly origin?: "legacy";
}

/**
 * A first interval for every entity of one bus: simple, near to what is now, and with its reason. Faster only where the budget
 * has room; where the bus is over its budget, those that move slowest give way first.
 */
export function adviseBus(inputs: readonly AdviceInput[], options: AdviceOptions): Advice[] {
  const waiting: Advice[] = [];
  const wishes: Wish[] = [];
  for (const input of inputs) {
    const wish = wishOf(input);
    if ("action" in wish) waiting.push(wish);
    else wishes.push(wish);
  }
  const settled = settle(wishes, options);
  return [...settled.map((wish) => toAdvice(wish, options)), ...waiting];
}

function wishOf(input: AdviceInput): Wish | Advice {
  return (hasSeenEnough(input) ? undefined : priorWish(input)) ?? observedWish(input);
}

function hasSeenEnough({ statistics, interval }: AdviceInput): boolean {
  if (statistics === undefined || interval === undefined) return false;
  return (
    (statistics.changeRate?.polls ?? 0) >= enoughReads &&
    (statistics.kind === "constant" || statistics.changes >= enoughChanges)
  );
}

/** By what was counted before; undefined where that tells nothing. */
function priorWish({ prior, ...input }: AdviceInput): Wish | undefined {
  const { kind, changes = 0 } = input.statistics ?? {};
  // A device that does not answer now is no better for what it once was.
  if (kind === "unavailable" || kind === "unknown" || (prior?.changes === 0 && changes > 0)) return undefined;
  const present = input.interval?.seconds ?? prior?.seconds;
  if (prior === undefined || prior.polls < enoughReads || present === undefined) return undefined;
  const wish = (seconds: number, reason: string): Wish => ({
    input,
    present,
    wanted: bounded(Math.max(seconds, present), present),
    reason,
    origin: prior.origin,
  });
  if (prior.changes === 0)
    return wish(constantFloor, `Did not change in ${prior.polls} reads that the older package counted.`);
  const between = (prior.polls / prior.changes) * (prior.seconds ?? present);
  const reason = `Changed about every ${about(between * 1_000)}, as the older package counted.`;
  return wish(between > present * 2 ? stepDown(between / 2) : present, reason);
}

function observedWish(input: AdviceInput): Wish | Advice {
  const { entityId, statistics, interval, readsSeen } = input;
  const wait = (reason: string): Advice => ({ entityId, action: "wait", reason });
  if (statistics === undefined) return wait("No value has been seen yet.");
  if (interval === undefined) {
    if (readsSeen === 0) return wait("No read of it was seen.");
    return wait(
      readsSeen < enoughGaps
        ? `Learning: ${readsSeen} of ${enoughGaps} reads seen.`
        : "Its reads come too close to each other to be counted.",
    );
  }
  if (statistics.kind === "unavailable" || statistics.kind === "unknown") return wait("Has not answered yet.");
  const present = interval.seconds;
  const keep = (reason: string): Wish => ({ input, present, wanted: nearestStep(present), reason });
  const slower = (seconds: number, reason: string): Wish => ({
    input,
    present,
    wanted: bounded(Math.max(seconds, present), present),
    reason,
  });
  const since = about(Math.max(0, interval.asOf - statistics.lastChange));
  const reads = statistics.changeRate?.polls ?? 0;
  switch (statistics.kind) {
    case "constant":
      return reads < enoughReads
        ? wait(`Learning: ${reads} of ${enoughReads} reads seen.`)
        : slower(constantFloor, `Has not changed in ${since}.`);
    case "counter":
      return slower(counterInterval, "A counter: late values lose nothing.");
    case "binary":
    case "enum":
    case "text":
      return switchWish(input, present, keep, slower);
    case "numeric":
      return statistics.changes < enoughChanges
        ? keep(`Learning: ${statistics.changes} of ${enoughChanges} changes seen.`)
        : numericWish(input, present, keep, slower);
  }
}

type Keep = (reason: string) => Wish;
type Slower = (seconds: number, reason: string) => Wish;

function switchWish({ statistics }: AdviceInput, present: number, keep: Keep, slower: Slower): Wish {
  const perHour = statistics?.changeRate?.perHour ?? Number.POSITIVE_INFINITY;
  const between = 3_600 / perHour;
  const wanted = Math.min(slowestSwitch, between * switchLateness);
  if (!Number.isFinite(wanted) || wanted <= present) return keep("Switches: shown as soon as it is read.");
  return slower(wanted, `Switches about every ${about(between * 1_000)}.`);
}

function numericWish({ statistics, unit }: AdviceInput, present: number, keep: Keep, slower: Slower): Wish {
  const { roughness = 0, deviation = 0, secondsToMove: moves } = statistics as EntityStatistics;
  if (
    roughness >= noiseRoughness &&
    statistics?.changeRate !== undefined &&
    statistics.changeRate.changes > statistics.changeRate.polls / 3
  ) {
    return slower(
      noiseInterval,
      `Differs only by noise of ±${short(deviation)}${unit === undefined ? "" : `\u00a0${unit}`}.`,
    );
  }
  if (moves === undefined) return keep("Has not moved noticeably yet.");
  const reason = `Needs about ${about(moves * 1_000)} to move noticeably.`;
  if (moves > present * 2) return slower(stepDown(moves / 2), reason);
  return keep(moves < present * betweenReads ? "Moves noticeably between two reads." : reason);
}

/** On the ladder, and not further than the factor from what is now. */
function bounded(seconds: number, present: number): number {
  const within = Math.min(present * mostFactor, Math.max(present / mostFactor, seconds));
  return Math.max(nearestStep(present), stepDown(within));
}

/** While the bus is over its budget, the largest loads are slowed down step by step, each at most by the factor. */
function settle(wishes: readonly Wish[], { serviceSeconds, budget }: AdviceOptions): Wish[] {
  const settled = [...wishes];
  const load = (): number =>
    settled.reduce((sum, { wanted, present }) => sum + serviceSeconds / Math.max(wanted, Math.min(present, wanted)), 0);
  for (let total = load(); total > budget; total = load()) {
    const candidates = settled
      .map((wish, index) => ({ wish, index }))
      .filter(
        ({ wish }) =>
          wish.wanted < Math.min(wish.present * mostFactor, ladder.at(-1) as number) * 0.9999 &&
          stepUp(wish.wanted * 1.01) <= wish.present * mostFactor,
      );
    const next = candidates.toSorted((a, b) => a.wish.wanted - b.wish.wanted)[0];
    if (next === undefined) break;
    settled[next.index] = {
      ...next.wish,
      wanted: stepUp(next.wish.wanted * 1.01),
      reason: "The bus is over its budget: read less often so that the others arrive.",
    };
  }
  return settled;
}

function toAdvice({ input, present, wanted, reason, origin }: Wish, { serviceSeconds }: AdviceOptions): Advice {
  const now = nearestStep(present);
  const action = wanted > now ? "slower" : wanted < now ? "faster" : "keep";
  return {
    entityId: input.entityId,
    action,
    present,
    recommended: wanted,
    reason,
    ...(origin === undefined ? {} : { origin }),
    share: serviceSeconds / present,
    shareAfter: action === "keep" ? serviceSeconds / present : serviceSeconds / wanted,
  };
}

/** An estimate has no third digit. */
function about(milliseconds: number): string {
  return formatDuration(milliseconds, 2);
}

function short(value: number): string {
  return Number(value.toPrecision(2)).toString();
}
