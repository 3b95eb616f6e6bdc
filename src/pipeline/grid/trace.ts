import type { Reading } from "#model/reading.ts";

/**
 * The last three weeks of one entity, thinned: the value at the end of each bin of time in which it changed. Plain data, at most 24 kB
 * whatever the number of samples, and a pure function of the entity's own readings: bins lie at whole multiples of their width, and
 * neighbours made one are what a wider bin would have held.
 */
export interface Trace {
  readonly version: typeof traceVersion;
  /** Width of a bin, ms. */
  width: number;
  /** Where each bin begins, in whole widths since 1970; ascending. The first `count` are in use. */
  bins: Uint32Array;
  /** Value at the end of each bin less `origin`; NaN where there is none. */
  values: Float32Array;
  count: number;
  /** The first number of all; single precision is enough for the rest. NaN before. */
  origin: number;
  /** ms since 1970; -Infinity before the first reading. */
  lastTime: number;
}

const traceVersion = 1;
/** ms; each a whole multiple of the one before. */
export const binWidths: readonly number[] = [1_000, 5_000, 15_000, 60_000, 300_000, 600_000];
/** ms. */
export const traceSpan = 21 * 86_400_000;
/** The span in bins of the greatest width. */
export const mostBins = 3_024;
const fewestBins = 8;

const truthy: ReadonlySet<string> = new Set(["on", "open", "true", "home"]);
const falsy: ReadonlySet<string> = new Set(["off", "closed", "false", "not_home"]);

export function emptyTrace(): Trace {
  return {
    version: traceVersion,
    width: binWidths[0] as number,
    bins: new Uint32Array(fewestBins),
    values: new Float32Array(fewestBins),
    count: 0,
    origin: Number.NaN,
    lastTime: Number.NEGATIVE_INFINITY,
  };
}

/** Takes one reading. False, and nothing taken, when it is older than the last one. Switches are 0 and 1, other texts no number. */
export function addToTrace(trace: Trace, reading: Reading): boolean {
  const { time } = reading;
  if (time < trace.lastTime) return false;
  trace.lastTime = time;
  const number = numberOf(reading);
  if (Number.isNaN(trace.origin)) trace.origin = number;
  const value = number - trace.origin;
  const last = trace.count - 1;
  if (last >= 0 && trace.bins[last] === Math.floor(time / trace.width)) trace.values[last] = value;
  else if (last < 0 || !Object.is(trace.values[last], Math.fround(value))) append(trace, time, value);
  return true;
}

/** False for what somebody has changed. */
export function isWholeTrace({ bins, values, count, width }: Trace): boolean {
  return (
    bins instanceof Uint32Array &&
    values instanceof Float32Array &&
    bins.length === values.length &&
    count <= Math.min(bins.length, mostBins) &&
    binWidths.includes(width)
  );
}

/** Without the room it has left. */
export function compactTrace(trace: Trace): Trace {
  const { bins, values, count } = trace;
  return { ...trace, bins: bins.slice(0, count), values: values.slice(0, count) };
}

/** What was shown at `count` times, evenly spaced from the first to the last; NaN where it was no number. */
export function evenlySpaced({ bins, values, count: used, origin }: Trace, count: number): number[] {
  const [first, last] = [bins[0] ?? 0, bins[used - 1] ?? 0];
  let index = 0;
  return Array.from({ length: used === 0 ? 0 : count }, (_, step) => {
    const bin = first + ((last - first) * step) / Math.max(1, count - 1);
    while (index + 1 < used && (bins[index + 1] as number) <= bin) index += 1;
    return (values[index] as number) + origin;
  });
}

function numberOf({ kind, value, state }: Reading): number {
  if (kind !== "text") return value;
  return truthy.has(state) ? 1 : falsy.has(state) ? 0 : Number.NaN;
}

function append(trace: Trace, time: number, value: number): void {
  if (trace.count === mostBins) makeRoom(trace, time);
  if (trace.count === trace.bins.length) grow(trace);
  const bin = Math.floor(time / trace.width);
  // A bin that has just become wider may reach to here.
  if (trace.bins[trace.count - 1] !== bin || trace.count === 0) trace.count += 1;
  trace.bins[trace.count - 1] = bin;
  trace.values[trace.count - 1] = value;
}

/** Forgets what is older than the span; where that gives no room, makes the bins wider. */
function makeRoom(trace: Trace, time: number): void {
  const oldest = (time - traceSpan) / trace.width;
  // The span need not begin where a bin does: of the widest there may be one more than fits.
  let first = trace.width === binWidths.at(-1) ? 1 : 0;
  // What was last before the span is what was shown at its beginning.
  while (first + 1 < trace.count && (trace.bins[first + 1] as number) <= oldest) first += 1;
  trace.bins.copyWithin(0, first, trace.count);
  trace.values.copyWithin(0, first, trace.count);
  trace.count -= first;
  while (trace.count === mostBins) widen(trace);
}

function widen(trace: Trace): void {
  const width = binWidths.find((each) => each > trace.width) as number;
  const factor = width / trace.width;
  let kept = 0;
  for (let index = 0; index < trace.count; index += 1) {
    const bin = Math.floor((trace.bins[index] as number) / factor);
    if (kept > 0 && trace.bins[kept - 1] === bin) kept -= 1;
    trace.bins[kept] = bin;
    trace.values[kept] = trace.values[index] as number;
    kept += 1;
  }
  trace.count = kept;
  trace.width = width;
}

function grow(trace: Trace): void {
  const length = Math.min(mostBins, Math.max(fewestBins, trace.bins.length * 2));
  const bins = new Uint32Array(length);
  bins.set(trace.bins);
  const values = new Float32Array(length);
  values.set(trace.values);
  trace.bins = bins;
  trace.values = values;
}
