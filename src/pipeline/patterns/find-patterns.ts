import { formatDuration } from "#core/duration.ts";
import type { EntityStatistics } from "#model/entity-statistics.ts";
import type { Pattern } from "#model/pattern.ts";
import type { Signal } from "../correlation/signal.ts";
import type { Grid } from "../grid/grid.ts";
import type { Trace } from "../grid/trace.ts";
import type { Behaviour } from "../statistics/accumulator.ts";
import { hourProfile, quietHours } from "../statistics/hour-profile.ts";
import { burstsOf } from "./bursts.ts";
import { type ChangePoint, changePoints } from "./change-points.ts";
import { findPeriod } from "./period.ts";
import { type SwitchRhythm, switchRhythm } from "./switch-rhythm.ts";

export interface PatternInput {
  readonly statistics: EntityStatistics;
  readonly behaviour: Behaviour;
  readonly trace: Trace;
  /** Absent for what could not be put on the grid: constants, texts. */
  readonly signal?: Signal;
  readonly grid: Grid;
  readonly unit?: string;
  /** ms since 1970. */
  readonly now: number;
  /** Hours to add to UTC for local time. */
  readonly utcOffset: number;
}

const dayMilliseconds = 86_400_000;
const noiseRoughness = 0.75;
const enoughChanges = 20;
/** Silent so many times as long as ever before. */
const stuckAfter = 10;
/** Of a level that holds now. */
const fewLevels = 6;
const rowsOfRate = 16;
const largestMove = 6;
const leastRises = 10;
/** Times the median rise. */
const jump = 30;
/** Rank correlation with time. */
const driftStrength = 0.9;

/** What an entity does, the most telling first. Each kind at most once. */
export function findPatterns(input: PatternInput): Pattern[] {
  const { kind } = input.statistics;
  if (kind === "unavailable" || kind === "unknown") return [];
  if (kind === "constant") return [constant(input)];
  return [
    stuck(input),
    periodic(input),
    nightQuiet(input),
    counter(input),
    noise(input),
    drift(input),
    mode(input),
    burst(input),
    levelChange(input),
    rateChange(input),
  ].filter((pattern) => pattern !== undefined);
}

function constant({ statistics: { firstTime, lastState }, now }: PatternInput): Pattern {
  const watched = formatDuration(Math.max(0, now - firstTime), 2);
  return {
    kind: "constant",
    sentence: `Shows ${lastState}, and never anything else in ${watched}.`,
    evidence: "changes",
    strength: 0,
  };
}

function stuck({ statistics, behaviour: { longestGap }, now }: PatternInput): Pattern | undefined {
  const silence = now - statistics.lastChange;
  if (statistics.changes < enoughChanges || longestGap === 0 || silence < longestGap * stuckAfter) return undefined;
  const [silent, before] = [formatDuration(silence, 2), formatDuration(longestGap, 2)];
  return {
    kind: "stuck",
    sentence: `Has not changed for ${silent}; before, never longer than ${before}.`,
    evidence: "silence over the longest before",
    strength: silence / longestGap,
  };
}

function periodic({ signal, grid, trace }: PatternInput): Pattern | undefined {
  const switching = switchRhythm(trace);
  if (switching !== undefined) return repeats(switching, "share of the periods that are as long");
  if (signal === undefined || signal.isMonotone) return undefined;
  const found = findPeriod(signal.values, grid.stretches, [dayMilliseconds / grid.width]);
  if (found === undefined) return undefined;
  const { rows, strength, cycles } = found;
  const periodSeconds = (rows * grid.width) / 1_000;
  return repeats({ periodSeconds, strength, cycles }, "mean correlation of any two periods");
}

function repeats({ periodSeconds, strength, cycles }: SwitchRhythm, evidence: string): Pattern {
  const isDay = Math.abs(periodSeconds / (dayMilliseconds / 1_000) - 1) < 0.03;
  const how = isDay ? "every day" : `every ${formatDuration(periodSeconds * 1_000)}`;
  return { kind: "periodic", sentence: `Repeats ${how}; seen ${cycles} times.`, evidence, strength, periodSeconds };
}

function nightQuiet({ behaviour, utcOffset }: PatternInput): Pattern | undefined {
  const found = quietHours(hourProfile(behaviour), utcOffset);
  if (found === undefined) return undefined;
  return {
    kind: "night-quiet",
    sentence: `Hardly changes between ${found.from}:00 and ${found.to}:00.`,
    evidence: "rate of changes over that of the other hours",
    strength: found.share,
  };
}

function noise({ statistics, unit }: PatternInput): Pattern | undefined {
  const { roughness = 0, deviation = 0, kind, changes } = statistics;
  if (kind !== "numeric" || changes < enoughChanges || roughness < noiseRoughness) return undefined;
  return {
    kind: "noise",
    sentence: `Differs only by noise of ±${inUnit(deviation, unit)}: reading it more often tells nothing.`,
    evidence: "von Neumann's ratio",
    strength: roughness,
  };
}

function drift({ statistics, signal, grid, unit }: PatternInput): Pattern | undefined {
  if (signal === undefined || statistics.kind !== "numeric" || signal.isMonotone) return undefined;
  const along = signal.alongTime;
  if (Math.abs(along) < driftStrength) return undefined;
  const known = signal.values.filter((value) => !Number.isNaN(value));
  const edge = Math.max(1, Math.floor(known.length / 10));
  const mean = (part: Float64Array): number => part.reduce((sum, value) => sum + value, 0) / part.length;
  const moved = mean(known.subarray(-edge)) - mean(known.subarray(0, edge));
  const span = grid.rows * grid.width;
  return {
    kind: "drift",
    sentence: `Drifts ${moved > 0 ? "upwards" : "downwards"}, by ${inUnit(Math.abs(moved), unit)} in ${formatDuration(span, 2)}.`,
    evidence: "rank correlation with time",
    strength: along,
  };
}

function burst({ signal, statistics }: PatternInput): Pattern | undefined {
  const found = signal === undefined || statistics.kind === "counter" ? undefined : burstsOf(signal.changeTimes);
  if (found === undefined) return undefined;
  return {
    kind: "burst",
    sentence: `Changes in bursts: half of the changes come within ${percent(found.share)} of the time.`,
    evidence: "deviation of the gaps between changes over their mean",
    strength: found.variation,
  };
}

function mode({ statistics, behaviour: { texts, dwell } }: PatternInput): Pattern | undefined {
  const total = dwell.time.reduce((sum, time) => sum + time, 0);
  if (texts.length < 2 || texts.length > fewLevels || total === 0 || statistics.changes < 4) return undefined;
  const parts = texts
    .map((text, index) => ({ text, share: (dwell.time[index] ?? 0) / total }))
    .toSorted((a, b) => b.share - a.share);
  const told = parts.map(({ text, share }) => `${text} (${percent(share)})`).join(", ");
  return {
    kind: "mode",
    sentence: `Is one of ${texts.length}: ${told}.`,
    evidence: "share of the commonest",
    strength: parts[0]?.share ?? 0,
  };
}

function counter({ statistics, behaviour, signal }: PatternInput): Pattern | undefined {
  if (statistics.kind !== "counter") return undefined;
  const back = `was ${times(behaviour.falls)} set back`;
  const jumps = signal === undefined ? 0 : jumpsOf(signal.changes);
  return {
    kind: "counter",
    sentence: jumps === 0 ? `Only rises; ${back}.` : `Only rises; ${back}, and jumped ${times(jumps)}.`,
    evidence: "times it was set back, or jumped",
    strength: behaviour.falls + jumps,
  };
}

/** Rises that are none of the usual ones: a meter that was exchanged. */
function jumpsOf(changes: Float64Array): number {
  const rises = changes.filter((change) => change > 0).toSorted();
  const usual = rises[Math.floor(rises.length / 2)] ?? 0;
  return rises.length < leastRises ? 0 : rises.filter((rise) => rise > usual * jump).length;
}

function times(count: number): string {
  return count === 0 ? "never" : count === 1 ? "once" : `${count} times`;
}

function levelChange({ statistics, signal, grid, unit, utcOffset }: PatternInput): Pattern | undefined {
  if (signal === undefined || statistics.kind !== "numeric") return undefined;
  const found = greatest(changePoints(signal.values));
  if (found === undefined || found.size < largestMove) return undefined;
  const at = grid.timeOf(found.row);
  return {
    kind: "level-change",
    sentence: `Changed its level on ${localTime(at, utcOffset)}, from ${inUnit(found.before, unit)} to ${inUnit(found.after, unit)}.`,
    evidence: "difference in deviations of its noise",
    strength: found.size,
    at,
  };
}

/** Changes in blocks of rows, as if they were Poisson's: their root has a variance of a quarter (Anscombe, Biometrika 35, 1948). */
function rateChange({ signal, grid, utcOffset }: PatternInput): Pattern | undefined {
  if (signal === undefined) return undefined;
  const { changes: column } = signal;
  const blocks = Math.floor(grid.rows / rowsOfRate);
  const roots = new Float64Array(blocks);
  for (let block = 0; block < blocks; block += 1) {
    let changes = 0;
    for (let row = block * rowsOfRate; row < (block + 1) * rowsOfRate; row += 1) {
      if (Math.abs(column[row] as number) > 0) changes += 1;
    }
    roots[block] = Math.sqrt(changes + 3 / 8);
  }
  const found = greatest(changePoints(roots, 0.25));
  if (found === undefined || found.size < largestMove) return undefined;
  const at = grid.timeOf(found.row * rowsOfRate);
  return {
    kind: "rate-change",
    sentence: `Changes ${found.after > found.before ? "more" : "less"} often since ${localTime(at, utcOffset)}.`,
    evidence: "difference in deviations of chance",
    strength: found.size,
    at,
  };
}

function greatest(points: readonly ChangePoint[]): ChangePoint | undefined {
  return points.toSorted((a, b) => b.size - a.size)[0];
}

function inUnit(value: number, unit: string | undefined): string {
  return `${Number(value.toPrecision(3))}${unit === undefined ? "" : `\u00a0${unit}`}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))}\u00a0%`;
}

/** `2026-03-01 14:05`, local. */
function localTime(time: number, utcOffset: number): string {
  return new Date(time + utcOffset * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
}
