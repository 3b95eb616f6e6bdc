import type { Cluster } from "#model/cluster.ts";
import type { EntityId } from "#model/entity.ts";
import type { ModeState, OperatingMode, OperatingModes } from "#model/operating-mode.ts";
import { autocorrelation } from "../correlation/autocorrelation.ts";
import { knownMean } from "../correlation/known-mean.ts";
import type { Signal } from "../correlation/signal.ts";
import { correlationProbability, effectiveSampleSize } from "../correlation/significance.ts";
import type { Grid } from "../grid/grid.ts";
import { explainedShare } from "./explained.ts";
import { type Levels, levelsOf } from "./levels.ts";

/** Entities whose states tell the modes apart, at the most. */
const mostSwitches = 3;
const mostCandidates = 64;
const mostTargets = 200;
/** A state of the site must explain so many others, to at least this share each, with this probability of chance. */
const leastTargets = 2;
const leastShare = 0.25;
const mostChance = 0.001;
/** One more entity must raise the mean share by this. */
const leastGain = 0.03;
/** Of two that have as many rows in common states, the one whose states people see is taken. */
const alike = 0.95;
/** Rarer combinations are in no mode. */
const rare = 0.02;
const leastVisits = 2;
/** Of the rows that were in some mode before one more entity was looked at. */
const leastKept = 0.9;
const mostTypical = 3;

interface Candidate extends Levels {
  readonly entityId: EntityId;
  readonly memory: ArrayLike<number>;
}

/** What the modes are to explain. */
interface Target {
  readonly signal: Signal;
  readonly memory: ArrayLike<number>;
}

/** Which of `states` the site is in, row by row; -1 is none. */
interface Combination {
  readonly labels: Int16Array;
  readonly states: readonly (readonly ModeState[])[];
  readonly explained: number;
}

/**
 * The modes of the whole site: the states of those few entities that explain most of what all others do, chosen one after the other (forward selection). Of a cluster one member stands for all.
 * Undefined when nothing on the site goes by states. Yields the share that is done.
 */
export function* findModes(
  signals: ReadonlyMap<EntityId, Signal>,
  grid: Grid,
  { clusters, names }: { readonly clusters: readonly Cluster[]; readonly names: ReadonlyMap<EntityId, string> },
): Generator<number, OperatingModes | undefined> {
  const candidates: Candidate[] = [];
  const all = [...signals.values()];
  for (const [index, signal] of all.entries()) {
    yield (index / all.length) * 0.3;
    const levels = candidates.length < mostCandidates ? levelsOf(signal) : undefined;
    if (levels === undefined) continue;
    const numbers = Float64Array.from(levels.labels, (label) => (label < 0 ? Number.NaN : label));
    const lags = Math.min(512, Math.floor(numbers.length / 4));
    candidates.push({ ...levels, entityId: signal.entityId, memory: autocorrelation(numbers, grid.stretches, lags) });
  }
  const targets: Target[] = [];
  for (const signal of representatives(all, clusters)) {
    targets.push({ signal, memory: signal.memory });
    yield 0.3;
  }
  let best: Combination | undefined;
  const used: Candidate[] = [];
  for (let round = 0; round < mostSwitches; round += 1) {
    let [next, by]: [Combination | undefined, Candidate | undefined] = [undefined, undefined];
    for (const [index, candidate] of candidates.entries()) {
      yield 0.3 + ((round + index / candidates.length) / mostSwitches) * 0.6;
      if (used.includes(candidate) || (round === 0 && !isMode(candidate, targets))) continue;
      const combined = combine(best, candidate, [...used, candidate], targets, grid);
      if (combined === undefined || combined.explained < (best?.explained ?? 0) + leastGain) continue;
      if (combined.explained > (next?.explained ?? 0)) [next, by] = [combined, candidate];
    }
    if (next === undefined || by === undefined) break;
    const chosen = by;
    const shown = chosen.areShown ? undefined : candidates.find((each) => each.areShown && isAlike(each, chosen));
    best = (shown && combine(best, shown, [...used, shown], targets, grid)) ?? next;
    used.push(shown ?? chosen);
  }
  return best === undefined ? undefined : describe(best, targets, grid, names);
}

/** One of each cluster, two where the first may be the candidate itself, and all that are in none. */
function representatives(signals: readonly Signal[], clusters: readonly Cluster[]): readonly Signal[] {
  const members = new Set(clusters.flatMap(({ members: [, ...others] }) => others));
  const kept = signals.filter(({ entityId }) => !members.has(entityId));
  const step = Math.max(1, Math.ceil(kept.length / mostTargets));
  const some = kept.filter((_, index) => index % step === 0);
  const seconds = clusters.flatMap(
    ({ members: [, second] }) => signals.find(({ entityId }) => entityId === second) ?? [],
  );
  return some.length >= leastTargets + 1 ? some : [...some, ...seconds];
}

/** True when independent signals of the same memory would not show that several others go by its states. */
function isMode({ entityId, labels, words, memory }: Candidate, targets: readonly Target[]): boolean {
  let proven = 0;
  for (const { signal, memory: others } of targets) {
    if (signal.entityId === entityId || signal.isMonotone) continue;
    const independent = effectiveSampleSize(labels.length, memory, others);
    const share = explainedShare(signal.values, labels, words.length, independent);
    if (share >= leastShare && correlationProbability(Math.sqrt(share), independent) <= mostChance) proven += 1;
    if (proven >= leastTargets) return true;
  }
  return false;
}

/** Each state of one is nearly always the same state of the other, and the other way round. */
function isAlike(a: Candidate, b: Candidate): boolean {
  const common = new Map<number, number>();
  let known = 0;
  for (const [row, label] of a.labels.entries()) {
    const other = b.labels[row] as number;
    if (label < 0 || other < 0) continue;
    known += 1;
    const key = label * b.words.length + other;
    common.set(key, (common.get(key) ?? 0) + 1);
  }
  const usual = (stateOf: (key: number) => number): number => {
    const most = new Map<number, number>();
    for (const [key, count] of common) most.set(stateOf(key), Math.max(most.get(stateOf(key)) ?? 0, count));
    return [...most.values()].reduce((sum, count) => sum + count, 0);
  };
  const [ofA, ofB] = [usual((key) => Math.floor(key / b.words.length)), usual((key) => key % b.words.length)];
  return Math.min(ofA, ofB) >= alike * known;
}

function combine(
  before: Combination | undefined,
  { entityId, labels, words }: Candidate,
  used: readonly Candidate[],
  targets: readonly Target[],
  grid: Grid,
): Combination | undefined {
  const pairs = new Map<number, number>();
  const raw = Int16Array.from(labels, (label, row) => {
    const earlier = before === undefined ? 0 : (before.labels[row] as number);
    if (label < 0 || earlier < 0) return -1;
    const pair = earlier * words.length + label;
    const known = pairs.get(pair) ?? pairs.size;
    pairs.set(pair, known);
    return known;
  });
  const kept = [...pairs].filter(([, label]) => isCommon(raw, label, grid));
  if (kept.length <= (before?.states.length ?? 1)) return undefined;
  const renumbered = new Map(kept.map(([, label], index) => [label, index]));
  const combined = raw.map((label) => renumbered.get(label) ?? -1);
  if (rowsIn(combined) < leastKept * rowsIn(before?.labels ?? labels)) return undefined;
  const states = kept.map(([pair]) => [
    ...(before?.states[Math.floor(pair / words.length)] ?? []),
    { entityId, state: words[pair % words.length] as string },
  ]);
  const segments = visitsOf(combined, grid).length;
  let [sum, count] = [0, 0];
  for (const { signal } of targets) {
    if (signal.isMonotone || used.some((each) => each.entityId === signal.entityId)) continue;
    sum += explainedShare(signal.values, combined, states.length, segments);
    count += 1;
  }
  return count === 0 ? undefined : { labels: combined, states, explained: sum / count };
}

function isCommon(labels: Int16Array, label: number, grid: Grid): boolean {
  const rows = labels.filter((each) => each === label).length;
  return (
    rows >= rare * rowsIn(labels) &&
    visitsOf(labels, grid).filter((visit) => visit.label === label).length >= leastVisits
  );
}

function rowsIn(labels: Int16Array): number {
  return labels.filter((label) => label >= 0).length;
}

interface Visit {
  readonly label: number;
  readonly rows: number;
  /** The mode straight before, within the same stretch; -1 without. */
  readonly after: number;
}

/** Times the site stayed in one mode, in their order; a time in none is no visit, and nothing follows across a hole. */
function visitsOf(labels: Int16Array, { stretches }: Grid): Visit[] {
  const visits: Visit[] = [];
  for (const { from, to } of stretches) {
    let after = -1;
    for (let row = from; row < to;) {
      const label = labels[row] as number;
      const begun = row;
      while (row < to && labels[row] === label) row += 1;
      if (label < 0) continue;
      visits.push({ label, rows: row - begun, after });
      after = label;
    }
  }
  return visits;
}

function describe(
  { labels, states, explained }: Combination,
  targets: readonly Target[],
  grid: Grid,
  names: ReadonlyMap<EntityId, string>,
): OperatingModes {
  const visits = visitsOf(labels, grid);
  const all = visits.reduce((sum, { rows }) => sum + rows, 0);
  const modes = states.map((state, label): OperatingMode => {
    const own = visits.filter((visit) => visit.label === label).map(({ rows }) => rows);
    const median = own.toSorted((a, b) => a - b)[Math.floor(own.length / 2)] ?? 0;
    return {
      name: state.map(({ entityId, state: word }) => `${names.get(entityId) ?? entityId} ${word}`).join(", "),
      states: state,
      share: own.reduce((sum, rows) => sum + rows, 0) / all,
      visits: own.length,
      seconds: (median * grid.width) / 1_000,
      typical: typicalOf(label, labels, targets, new Set(state.map(({ entityId }) => entityId))),
    };
  });
  const order = [...modes.keys()].toSorted((a, b) => (modes[b]?.share ?? 0) - (modes[a]?.share ?? 0));
  const place = new Map(order.map((label, index) => [label, index]));
  const counts = new Map<number, number>();
  for (const { label, after } of visits) {
    if (after < 0) continue;
    const key = (place.get(after) as number) * states.length + (place.get(label) as number);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const now = place.get(labels.at(-1) ?? -1);
  return {
    modes: order.map((label) => modes[label] as OperatingMode),
    transitions: [...counts]
      .map(([key, count]) => ({ from: Math.floor(key / states.length), to: key % states.length, count }))
      .toSorted((a, b) => b.count - a.count || a.from - b.from || a.to - b.to),
    explained,
    ...(now === undefined ? {} : { now }),
  };
}

/** By how many deviations of the whole the mean in the mode differs from that of the others. */
function typicalOf(
  label: number,
  labels: Int16Array,
  targets: readonly Target[],
  without: ReadonlySet<EntityId>,
): OperatingMode["typical"] {
  const found = targets.flatMap(({ signal: { entityId, values, isMonotone } }) => {
    if (isMonotone || without.has(entityId)) return [];
    const inside = knownMean(values.filter((_, row) => labels[row] === label));
    const outside = knownMean(values.filter((_, row) => (labels[row] as number) >= 0 && labels[row] !== label));
    const whole = knownMean(values).mean;
    const spread = Math.sqrt(knownMean(values.map((value) => (value - whole) ** 2)).mean);
    const size = Math.abs(inside.mean - outside.mean) / spread;
    return size >= 1 ? [{ entityId, mean: inside.mean, size }] : [];
  });
  return found
    .toSorted((a, b) => b.size - a.size)
    .slice(0, mostTypical)
    .map(({ entityId, mean }) => ({ entityId, mean }));
}
