import type { WindowName, WindowStatistics } from "#model/window-statistics.ts";
import type { Reading } from "#model/reading.ts";
import { emptyPane, mergePanes, type Pane, settle, type Shown, showIn } from "./pane.ts";
import { quantile, rankError, type Weighted } from "./quantile-sketch.ts";

/** Panes of half an hour become panes of six hours, these of a day; a window is made of those that lie in it. Plain data, below 3 kB as stored. */
export interface Windows {
  readonly version: typeof windowsVersion;
  /** ms since 1970; -Infinity before the first reading. */
  lastTime: number;
  lastState: string;
  shown: Shown;
  /** Whole panes of each length, oldest first. */
  readonly finished: Pane[][];
  /** The unfinished one of each length; of the first what is not in the others. */
  readonly current: Pane[];
  all: Pane | undefined;
  /** Values of the current half hour that are no centroids yet. */
  readonly waiting: Weighted[];
}

const windowsVersion = 2;

const hour = 3_600_000;
/** Lengths of panes, ms, each a whole multiple of the one before; and how many whole ones are kept. */
const lengths = [hour / 2, 6 * hour, 24 * hour] as const;
const kept = [2, 4, 7] as const;
/** Centroids of a pane, and of all. */
const delta = 12;
const deltaOfAll = 32;
const mostWaiting = 32;
const spans: Readonly<Record<Exclude<WindowName, "all">, number>> = { "1h": hour, "24h": 24 * hour, "7d": 168 * hour };
/** The length of pane a window is made of. */
const levels: Readonly<Record<Exclude<WindowName, "all">, number>> = { "1h": 0, "24h": 1, "7d": 2 };

const nothing: Shown = { value: Number.NaN, isMissing: true };

export function emptyWindows(): Windows {
  return {
    version: windowsVersion,
    lastTime: Number.NEGATIVE_INFINITY,
    lastState: "",
    shown: nothing,
    finished: lengths.map(() => []),
    current: [],
    all: undefined,
    waiting: [],
  };
}

/** False for what somebody has changed. */
export function isWholeWindows({ finished, current, all, waiting }: Windows): boolean {
  if (![finished, current, waiting].every(Array.isArray) || !finished.every(Array.isArray)) return false;
  const panes: readonly Partial<Pane>[] = [...finished.flat(), ...current, ...(all === undefined ? [] : [all])];
  return (
    finished.length === lengths.length &&
    panes.every(({ centroids }) => centroids instanceof Float32Array && centroids.length % 2 === 0)
  );
}

/** Takes one reading. False, and nothing taken, when it is older than the last one. */
export function addToWindows(windows: Windows, { time, state, kind, value }: Reading): boolean {
  if (time < windows.lastTime) return false;
  if (windows.lastTime < time && windows.lastTime > 0) show(windows, windows.lastTime, time, windows.shown);
  const isMissing = kind === "unavailable" || kind === "unknown";
  if (state !== windows.lastState && !isMissing) countChangeIn(windows, time);
  windows.lastTime = time;
  windows.lastState = state;
  windows.shown = { value, isMissing };
  return true;
}

/** From `from` to `to`, ms since 1970. */
function show(windows: Windows, from: number, to: number, shown: Shown): void {
  // Of a long time without a change, only what still lies in the longest window is cut into panes.
  const longest = spans["7d"] + lengths[2];
  const at = to - from > longest ? floorTo(to - longest, lengths[2]) : from;
  if (at > from) skip(windows, from, at, shown);
  for (let begin = Math.max(at, from); begin < to;) {
    const end = Math.min(to, floorTo(begin, lengths[0]) + lengths[0]);
    roll(windows, begin);
    showIn(windows.current[0] as Pane, windows.waiting, shown, end - begin);
    if (windows.waiting.length >= mostWaiting) settleWaiting(windows);
    begin = end;
  }
}

/** The value changed at `time`. */
function countChangeIn(windows: Windows, time: number): void {
  roll(windows, time);
  (windows.current[0] as Pane).changes += 1;
}

/** Finishes the panes that end before `time`. */
function roll(windows: Windows, time: number): void {
  const { current, finished } = windows;
  if (current.length === 0) current.push(...lengths.map((length) => emptyPane(floorTo(time, length))));
  const begin = floorTo(time, lengths[0]);
  if ((current[0] as Pane).from === begin) return;
  settleWaiting(windows);
  const half = current[0] as Pane;
  windows.all = mergePanes(windows.all === undefined ? [half] : [windows.all, half], deltaOfAll);
  keep(finished, 0, half);
  for (let level = 1; level < lengths.length; level += 1) {
    const pane = current[level] as Pane;
    current[level] = { ...mergePanes([pane, half], delta), from: pane.from };
  }
  current[0] = emptyPane(begin);
  for (let level = 1; level < lengths.length; level += 1) {
    const start = floorTo(time, lengths[level] as number);
    if ((current[level] as Pane).from === start) continue;
    keep(finished, level, current[level] as Pane);
    current[level] = emptyPane(start);
  }
}

function keep(finished: Pane[][], level: number, pane: Pane): void {
  const panes = finished[level] as Pane[];
  panes.push(pane);
  if (panes.length > (kept[level] as number)) panes.shift();
}

/** Counts for all time alone. */
function skip(windows: Windows, from: number, to: number, shown: Shown): void {
  roll(windows, from);
  const waiting: Weighted[] = [];
  const pane = emptyPane(from);
  showIn(pane, waiting, shown, to - from);
  settle(pane, waiting, delta);
  windows.all = mergePanes(windows.all === undefined ? [pane] : [windows.all, pane], deltaOfAll);
}

function settleWaiting(windows: Windows): void {
  settle(windows.current[0] as Pane, windows.waiting, delta);
}

/** The figures of a window that ends at `now`; made of whole panes, so that it begins up to one pane before. Undefined before the first reading. */
export function summarizeWindow(given: Windows, name: WindowName, now: number): WindowStatistics | undefined {
  if (given.lastTime === Number.NEGATIVE_INFINITY) return undefined;
  const windows = structuredClone(given);
  if (now > windows.lastTime) show(windows, windows.lastTime, now, windows.shown);
  roll(windows, Math.max(now, windows.lastTime));
  settleWaiting(windows);
  const pane = mergePanes(panesIn(windows, name, now), deltaOfAll);
  const { moments, present, missing, changes, centroids } = pane;
  const watched = present + missing;
  // Centroids have seven digits.
  const at = (q: number): number => Number(quantile(centroids, q, moments.minimum, moments.maximum).toPrecision(7));
  return {
    window: name,
    from: pane.from,
    changes,
    availability: watched === 0 ? 0 : present / watched,
    ...(moments.weight === 0
      ? {}
      : {
          mean: moments.mean,
          deviation: Math.sqrt(moments.squares / moments.weight),
          minimum: moments.minimum,
          maximum: moments.maximum,
          quantiles: { p05: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) },
          rankError: rankError(centroids),
        }),
  };
}

/** Oldest first. */
function panesIn({ all, finished, current }: Windows, name: WindowName, now: number): Pane[] {
  const half = current[0] as Pane;
  if (name === "all") return all === undefined ? [half] : [all, half];
  const level = levels[name];
  const whole = (finished[level] ?? []).filter(({ from }) => from + (lengths[level] as number) > now - spans[name]);
  // The unfinished pane of a level holds what was finished of the levels below.
  return level === 0 ? [...whole, half] : [...whole, current[level] as Pane, half];
}

function floorTo(time: number, length: number): number {
  return Math.floor(time / length) * length;
}
