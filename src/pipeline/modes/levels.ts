import type { Signal } from "../correlation/signal.ts";

/** A signal as the few states it holds. */
export interface Levels {
  /** State in each row; -1 where it is not known. */
  readonly labels: Int16Array;
  /** In words, by label. */
  readonly words: readonly string[];
  /** True when the states are what it shows, not ranges of it: such are easier to understand. */
  readonly areShown: boolean;
}

const mostStates = 6;
/** Of three states or more: a temperature in whole degrees goes from one to the next, a mode jumps. */
const leastJumps = 0.2;
/** At rest is a signal that shows 0 for at least and at most this share of the rows, and never less. */
const leastRest = 0.2;
const mostRest = 0.95;
/** Two levels: the share of the variance that is between them, and of the rows that may lie midway. */
const leastBetween = 0.9;
const mostMidway = 0.05;
const midway = 0.25;
/** Changes of state, and rows in a state on average: what flickers is no mode. */
const leastSwitches = 4;
const leastRows = 3;

/** The states of what holds one for some time, and comes back to it; undefined for anything else. */
export function levelsOf({ values, isMonotone }: Pick<Signal, "values" | "isMonotone">): Levels | undefined {
  if (isMonotone) return undefined;
  const known = values.filter((value) => !Number.isNaN(value)).toSorted();
  if (known.length === 0) return undefined;
  const levels = distinctStates(values, known) ?? restOrBusy(values, known) ?? lowOrHigh(values, known);
  return levels !== undefined && isHeld(levels.labels) ? levels : undefined;
}

function distinctStates(values: Float64Array, known: Float64Array): Levels | undefined {
  const distinct = [...new Set(known)];
  if (distinct.length < 2 || distinct.length > mostStates) return undefined;
  const labels = Int16Array.from(values, (value) => (Number.isNaN(value) ? -1 : distinct.indexOf(value)));
  if (distinct.length > 2 && jumpShare(labels) < leastJumps) return undefined;
  const isSwitch = distinct.length === 2 && distinct[0] === 0 && distinct[1] === 1;
  const words = isSwitch ? ["off", "on"] : distinct.map((value) => `at ${Number(value.toPrecision(6))}`);
  return { labels, words, areShown: true };
}

/** Share of the changes that leave out a state between. */
function jumpShare(labels: Int16Array): number {
  let [changes, jumps] = [0, 0];
  for (let row = 1; row < labels.length; row += 1) {
    const [before, after] = [labels[row - 1] as number, labels[row] as number];
    if (before < 0 || after < 0 || before === after) continue;
    changes += 1;
    if (Math.abs(after - before) > 1) jumps += 1;
  }
  return changes === 0 ? 0 : jumps / changes;
}

/** What is often exactly 0: the power of what can be switched off. */
function restOrBusy(values: Float64Array, known: Float64Array): Levels | undefined {
  const share = (known.findLastIndex((value) => value === 0) + 1) / known.length;
  if ((known[0] as number) < 0 || share < leastRest || share > mostRest) return undefined;
  const labels = Int16Array.from(values, (value) => (Number.isNaN(value) ? -1 : value === 0 ? 0 : 1));
  return { labels, words: ["at rest", "busy"], areShown: false };
}

/** The cut with the greatest variance between the two sides (Otsu, IEEE Trans. SMC 9, 1979). */
function lowOrHigh(values: Float64Array, known: Float64Array): Levels | undefined {
  const count = known.length;
  const sum = known.reduce((total, value) => total + value, 0);
  const mean = sum / count;
  const variance = known.reduce((total, value) => total + (value - mean) ** 2, 0) / count;
  let [below, best, cut] = [0, 0, 0];
  for (let index = 1; index < count; index += 1) {
    below += known[index - 1] as number;
    const distance = (sum - below) / (count - index) - below / index;
    const between = (index / count) * (1 - index / count) * distance * distance;
    if (between > best) [best, cut] = [between, index];
  }
  if (!(variance > 0) || best < leastBetween * variance) return undefined;
  const part = (from: number, to: number): number =>
    known.subarray(from, to).reduce((total, value) => total + value, 0) / (to - from);
  const [low, high] = [part(0, cut), part(cut, count)];
  const margin = (high - low) * midway;
  const between = known.filter((value) => value > low + margin && value < high - margin).length;
  if (between > mostMidway * count) return undefined;
  const threshold = (low + high) / 2;
  const labels = Int16Array.from(values, (value) => (Number.isNaN(value) ? -1 : value < threshold ? 0 : 1));
  return { labels, words: ["low", "high"], areShown: false };
}

function isHeld(labels: Int16Array): boolean {
  let [switches, rows] = [0, 0];
  for (const [row, label] of labels.entries()) {
    if (label < 0) continue;
    rows += 1;
    if (row > 0 && (labels[row - 1] as number) >= 0 && labels[row - 1] !== label) switches += 1;
  }
  return switches >= leastSwitches && rows >= (switches + 1) * leastRows;
}
