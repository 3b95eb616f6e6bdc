import type { EntityKind, EntityStatistics } from "#model/entity-statistics.ts";
import type { Reading } from "#model/reading.ts";
import { estimateChangeRate, estimateUnevenChangeRate } from "./change-rate.ts";
import { addValue, type Movement, noMovement, secondsToMove, startAt } from "./movement.ts";
import { addDwell, countTransition, type Dwell, mostStates, noDwell } from "./dwell.ts";
import { hour, hoursOfDay } from "./hour-profile.ts";
import { addToNoise, breakNoise, type NoiseFloor, noiseValue, noNoise } from "./noise-floor.ts";
import { countChange } from "./rate-profile.ts";
import { countReads, noReads, type ReadCount } from "./read-count.ts";
import { addDifference, noResolution, type Resolution, resolutionValue } from "./resolution.ts";
import { quarterDay, quartersOfWeek } from "./weekday-profile.ts";
import { addWeighted, noMoments, type WeightedMoments } from "./weighted-moments.ts";

/** Everything that is kept of one entity; plain data, below 3 kB whatever the number of samples. Times in ms. */
export interface AccumulatorState {
  readonly version: 6;
  samples: number;
  firstTime: number;
  lastTime: number;
  lastState: string;
  lastKind: Reading["kind"];
  lastValue: number;
  /** The last text that was a value. */
  valueState: string | undefined;
  lastChange: number;
  changes: number;
  missingTime: number;
  outages: number;
  moments: WeightedMoments;
  resolution: Resolution;
  rises: number;
  falls: number;
  /** Sum of squared differences of values that followed each other without a gap. */
  squaredSteps: number;
  steps: number;
  /** Those of them that were clearly wider than the value's step. */
  wideSteps: number;
  movement: Movement;
  /** The newest times between two changes without an outage between them, ms. */
  changeGaps: number[];
  reads: ReadCount;
  /** When the value last changed or came back; NaN while it is away. */
  changedAt: number;
  /** The longest time between two changes without an outage between them, ms, the newest left out. */
  longestGap: number;
  newestGap: number;
  /** In each hour of the day, UTC. */
  changesInDay: number[];
  /** In each quarter of the week's days, UTC, from Thursday on. */
  changesInWeek: number[];
  noise: NoiseFloor;
  /** Distinct texts, as long as they are few. */
  texts: string[];
  dwell: Dwell;
  manyTexts: boolean;
  numeric: boolean;
}

const noticeableShare = 0.02;
const wellAboveStep = 1.5;
/** Intervals within this share of each other are the same. */
const sameInterval = 0.2;
/** Enough for the comb of the gaps to show. */
const newestChangeGaps = 64;

export function emptyAccumulator(): AccumulatorState {
  return {
    version: 6,
    samples: 0,
    firstTime: 0,
    lastTime: Number.NEGATIVE_INFINITY,
    lastState: "",
    lastKind: "unknown",
    lastValue: Number.NaN,
    valueState: undefined,
    lastChange: 0,
    changes: 0,
    missingTime: 0,
    outages: 0,
    moments: noMoments,
    resolution: noResolution(),
    rises: 0,
    falls: 0,
    squaredSteps: 0,
    steps: 0,
    wideSteps: 0,
    movement: noMovement,
    changeGaps: [],
    reads: noReads,
    changedAt: Number.NaN,
    longestGap: 0,
    newestGap: 0,
    changesInDay: Array<number>(hoursOfDay).fill(0),
    changesInWeek: Array<number>(quartersOfWeek).fill(0),
    noise: noNoise,
    texts: [],
    dwell: noDwell(),
    manyTexts: false,
    numeric: true,
  };
}

/** Takes one reading in constant time. False, and nothing taken, when it is older than the last one. */
export function accumulate(state: AccumulatorState, { time, state: text, kind, value }: Reading): boolean {
  if (time < state.lastTime) return false;
  holdUntil(state, time);
  const missing = isMissingKind(kind);
  const wasMissing = state.samples === 0 || isMissingKind(state.lastKind);
  if (missing && !wasMissing) state.outages += 1;
  if (missing) state.changedAt = Number.NaN;
  else takeValue(state, time, text, kind === "number" ? value : Number.NaN, wasMissing);
  if (state.samples === 0) state.firstTime = time;
  state.samples += 1;
  state.lastTime = time;
  state.lastState = text;
  state.lastKind = kind;
  state.lastValue = value;
  return true;
}

function takeValue(state: AccumulatorState, time: number, text: string, value: number, afterGap: boolean): void {
  const before = state.valueState;
  if (!Number.isFinite(value)) state.numeric = false;
  else state.moments = addWeighted(state.moments, value, 0);
  if (before === undefined) state.lastChange = time;
  if (before !== undefined && before !== text) {
    state.changes += 1;
    state.lastChange = time;
    countChange(state.changesInDay, time, hour);
    countChange(state.changesInWeek, time, quarterDay);
    const step = value - Number(before);
    if (Number.isFinite(step)) {
      addDifference(state.resolution, before, text);
      if (step > 0) state.rises += 1;
      else state.falls += 1;
      if (!afterGap) {
        state.squaredSteps += step * step;
        state.steps += 1;
        if (Math.abs(step) > (resolutionValue(state.resolution) ?? 0) * wellAboveStep) state.wideSteps += 1;
      }
    }
  }
  if (Number.isFinite(value)) {
    if (afterGap) state.noise = breakNoise(state.noise, value);
    else if (before !== text) state.noise = addToNoise(state.noise, value);
    state.movement = afterGap
      ? startAt(state.movement, time, value)
      : addValue(state.movement, time, value, noticeableStep(state));
  }
  if (afterGap || before !== text) {
    if (Number.isFinite(state.changedAt) && time > state.changedAt) {
      state.longestGap = Math.max(state.longestGap, state.newestGap);
      state.newestGap = time - state.changedAt;
      state.changeGaps.push(state.newestGap);
      if (state.changeGaps.length > newestChangeGaps) state.changeGaps.shift();
      state.reads = countReads(state.reads, state.changeGaps, newestChangeGaps);
    }
    state.changedAt = time;
  }
  state.valueState = text;
  if (!state.manyTexts && !state.texts.includes(text)) {
    state.texts.push(text);
    state.manyTexts = state.texts.length > mostStates;
    if (state.manyTexts) {
      state.texts = [];
      state.dwell = noDwell();
    }
  }
  if (!state.manyTexts && before !== undefined && before !== text && !afterGap) {
    countTransition(state.dwell, state.texts.indexOf(before), state.texts.indexOf(text));
  }
}

/** What a person would notice: a share of the range, and at least one step of the value. */
function noticeableStep({ moments, resolution }: AccumulatorState): number {
  return Math.max(noticeableShare * (moments.maximum - moments.minimum), resolutionValue(resolution) ?? 0);
}

/** What was shown up to `time` counts with the time it was shown. */
function holdUntil(state: AccumulatorState, time: number): void {
  const held = state.samples === 0 ? 0 : time - state.lastTime;
  if (held <= 0) return;
  if (!isMissingKind(state.lastKind) && !state.manyTexts)
    addDwell(state.dwell, state.texts.indexOf(state.lastState), held);
  state.moments = momentsWith(state, held);
  if (isMissingKind(state.lastKind)) state.missingTime += held;
}

/** The moments when what is shown is shown for `held` ms more. */
function momentsWith({ moments, lastKind, lastValue }: AccumulatorState, held: number): WeightedMoments {
  return lastKind === "number" ? addWeighted(moments, lastValue, held) : moments;
}

function isMissingKind(kind: Reading["kind"]): boolean {
  return kind === "unavailable" || kind === "unknown";
}

export interface SummaryOptions {
  /** Figures are extended to here: what is shown now is shown until now. */
  readonly now: number;
  /** Seconds between reads, where known; without it there is no change rate. */
  readonly interval?: number;
  /** Milliseconds since the first reading in which nobody watched. @default 0 */
  readonly unwatched?: number;
  /** Home Assistant's state class, where known. */
  readonly stateClass?: string;
}

/** The figures of an entity at `now`; does not change the state. */
export function summarize(
  entityId: string,
  state: AccumulatorState,
  { now, interval, unwatched = 0, stateClass }: SummaryOptions,
): EntityStatistics {
  const end = Math.max(now, state.lastTime);
  const held = end - state.lastTime;
  const span = end - state.firstTime;
  const present = span - state.missingTime - (isMissingKind(state.lastKind) ? held : 0);
  const moments = held > 0 ? momentsWith(state, held) : state.moments;
  const range =
    moments.maximum >= moments.minimum && state.numeric ? { minimum: moments.minimum, maximum: moments.maximum } : {};
  const mean =
    moments.weight > 0 && state.numeric
      ? { mean: moments.mean, deviation: Math.sqrt(moments.squares / moments.weight) }
      : {};
  const moves = secondsToMove(state.movement);
  const noise = state.numeric ? noiseValue(state.noise) : undefined;
  const resolution = state.numeric ? resolutionValue(state.resolution) : undefined;
  const changeRate = interval === undefined ? undefined : rateOf(state, interval, present - unwatched);
  return {
    entityId,
    kind: kindOf(state, stateClass),
    samples: state.samples,
    changes: state.changes,
    firstTime: state.firstTime,
    lastTime: state.lastTime,
    lastState: state.lastState,
    lastChange: state.lastChange,
    availability: span <= 0 ? (state.valueState === undefined ? 0 : 1) : present / span,
    outages: state.outages,
    ...mean,
    ...range,
    ...(resolution === undefined ? {} : { resolution }),
    ...(noise === undefined ? {} : { noise }),
    ...(changeRate === undefined ? {} : { changeRate }),
    ...(moves === undefined || !state.numeric ? {} : { secondsToMove: moves }),
    ...(state.steps < 20 || !state.numeric || moments.squares === 0
      ? {}
      : { roughness: state.squaredSteps / state.steps / 2 / (moments.squares / moments.weight) }),
  };
}

/** What the rhythm of the changes did not show was read as often as now. `watched` in ms. */
function rateOf(state: AccumulatorState, interval: number, watched: number): ReturnType<typeof estimateChangeRate> {
  const { groups, time } = state.reads;
  const counted = groups.reduce((sum, { reads }) => sum + reads, 0);
  const uncounted = (watched - time) / 1_000 / interval;
  // The times in which nobody watched may hold reads that were counted.
  if (uncounted < 0) return estimateChangeRate(Math.max(0, Math.round(counted + uncounted)), state.changes, interval);
  const changes = Math.max(0, state.changes - groups.reduce((sum, group) => sum + group.changes, 0));
  const rest = { seconds: interval, reads: Math.max(Math.round(uncounted), changes), changes };
  const isAlike = groups.every(({ seconds }) => Math.abs(seconds / interval - 1) <= sameInterval);
  if (isAlike) return estimateChangeRate(Math.max(0, Math.round(counted + uncounted)), state.changes, interval);
  return estimateUnevenChangeRate([...groups, rest]);
}

/**
 * The newest times between two changes, ms, oldest first, where they are whole multiples of the time between reads: of values that
 * usually differ by several steps from one change to the next. One that moves a step at a time, as counters do, changes when it crosses
 * the step and not when it is read; for those the list is empty.
 */
export function gapsOfReads({ changeGaps, wideSteps, steps, numeric }: AccumulatorState): readonly number[] {
  return numeric && wideSteps * 2 > steps ? changeGaps : [];
}

/** What patterns are found from, beside the figures. */
export type Behaviour = Pick<
  AccumulatorState,
  "firstTime" | "lastTime" | "changesInDay" | "changesInWeek" | "dwell" | "texts" | "longestGap" | "falls"
>;

/** Two values that only ever alternate. */
const binaryTexts: ReadonlySet<string> = new Set([
  "on",
  "off",
  "open",
  "closed",
  "true",
  "false",
  "home",
  "not_home",
  "0",
  "1",
]);
const enoughRises = 10;
const longestMorning = 12 * 3_600_000;
/** A counter may fall back now and then: a reset, a new day. */
const mostFalls = 0.02;

/** For long enough that the rise is none of a morning. */
function onlyRises({ rises, falls, firstTime, lastTime }: AccumulatorState): boolean {
  return rises >= enoughRises && falls <= rises * mostFalls && lastTime - firstTime >= longestMorning;
}

function kindOf(state: AccumulatorState, stateClass: string | undefined): EntityKind {
  if (state.valueState === undefined) return state.lastKind === "unavailable" ? "unavailable" : "unknown";
  if (state.changes === 0) return "constant";
  const few = !state.manyTexts;
  if (few && state.texts.every((text) => binaryTexts.has(text))) return "binary";
  if (!state.numeric) return few ? "enum" : "text";
  if (stateClass === "total_increasing" || (stateClass !== "measurement" && onlyRises(state))) return "counter";
  if (
    few &&
    stateClass === undefined &&
    state.texts.length <= 8 &&
    state.changes >= 4 &&
    state.texts.every((text) => /^\d{1,3}$/.test(text))
  )
    return "enum";
  return "numeric";
}
