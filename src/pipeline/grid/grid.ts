import { binWidths, type Trace, traceSpan } from "./trace.ts";

const mostRows = 2_016;
/** ms; three weeks may need twice the width of the widest bin. */
const widths: readonly number[] = [...binWidths, 2 * (binWidths.at(-1) as number)];
/** Bins without any change are taken for quiet up to this many in a row; more are a time nobody watched. */
const longestQuiet = 12;
/** Rows of a stretch on average, and rows for each in which something changed; with fewer, or more, the grid is finer than the reads. */
const leastStretch = 8;
const mostRowsPerChange = 2;
/** An entity that changed so often is taken for gone when it is silent this many times as long as it ever was before. */
const enoughChanges = 10;
const longestSilence = 3;

/** A stretch of rows without a hole: [from, to). */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The times at which entities are compared: every bin of the last weeks in which at least one of them changed, and short quiet times between. A row shows what was shown
 * at its end. Holes, in which nobody watched, are left out; nothing is compared across them.
 */
export class Grid {
  /** Width of a row, ms. */
  readonly width: number;
  /** Beginning of each row in widths since 1970, ascending. */
  readonly bins: Float64Array;
  readonly stretches: readonly Stretch[];

  private constructor(width: number, bins: Float64Array) {
    this.width = width;
    this.bins = bins;
    this.stretches = stretchesOf(bins);
  }

  /** See `fitting`, at once. */
  static of(traces: Iterable<Trace>): Grid {
    const work = Grid.fitting(traces);
    for (;;) {
      const next = work.next();
      if (next.done === true) return next.value;
    }
  }

  /** The finest grid of at most 2,016 rows that is not finer than any of the traces, nor than what was read. Yields between the widths that are tried. */
  static *fitting(traces: Iterable<Trace>): Generator<undefined, Grid> {
    const all = [...traces].filter(({ count }) => count > 0);
    const finest = all.reduce((width, trace) => Math.max(width, trace.width), binWidths[0] as number);
    const newest = all.reduce((time, { lastTime }) => Math.max(time, lastTime), Number.NEGATIVE_INFINITY);
    for (const width of widths) {
      if (width < finest) continue;
      const changed = changedBins(all, width, newest);
      const grid = new Grid(width, withQuiet(changed));
      const isFine = changed.length * mostRowsPerChange < grid.rows || grid.stretches.length * leastStretch > grid.rows;
      if (width === widths.at(-1) || (grid.rows <= mostRows && !isFine)) {
        return new Grid(width, grid.bins.slice(-mostRows));
      }
      yield undefined;
    }
    return new Grid(finest, new Float64Array());
  }

  get rows(): number {
    return this.bins.length;
  }

  /** The times between the stretches, ms since 1970. */
  holes(): { readonly from: number; readonly to: number }[] {
    return this.stretches.slice(1).map(({ from }) => ({
      from: this.timeOf(from - 1),
      to: (this.bins[from] as number) * this.width,
    }));
  }

  /** What the entity showed at the end of each row, in its own unit; NaN where it showed no number. */
  column(trace: Trace): Float64Array<ArrayBuffer> {
    const column = new Float64Array(this.rows).fill(Number.NaN);
    const factor = this.width / trace.width;
    const goneAfter = Math.floor(silentFrom(trace) / factor);
    let next = 0;
    let value = Number.NaN;
    for (let row = 0; row < this.rows; row += 1) {
      const bin = this.bins[row] as number;
      if (bin > goneAfter) break;
      const end = (bin + 1) * factor;
      while (next < trace.count && (trace.bins[next] as number) < end) {
        value = (trace.values[next] as number) + trace.origin;
        next += 1;
      }
      column[row] = value;
    }
    return column;
  }

  /** The end of a row, ms since 1970. */
  timeOf(row: number): number {
    return ((this.bins[row] as number) + 1) * this.width;
  }
}

/** The bin, in the trace's own widths, from which on nothing is known of the entity any more. */
function silentFrom({ bins, count }: Trace): number {
  if (count < enoughChanges) return Number.POSITIVE_INFINITY;
  let longest = 1;
  for (let index = 1; index < count; index += 1) {
    longest = Math.max(longest, (bins[index] as number) - (bins[index - 1] as number));
  }
  return (bins[count - 1] as number) + longest * longestSilence;
}

/** In which at least one of the entities changed, within the span before `newest`. */
function changedBins(traces: readonly Trace[], width: number, newest: number): number[] {
  const first = Math.floor(newest / width) - traceSpan / width + 1;
  const changed = new Uint8Array(traceSpan / width);
  for (const trace of traces) {
    const factor = width / trace.width;
    for (let index = 0; index < trace.count; index += 1) {
      const bin = Math.floor((trace.bins[index] as number) / factor) - first;
      if (bin >= 0) changed[bin] = 1;
    }
  }
  const bins: number[] = [];
  for (let bin = changed.indexOf(1); bin >= 0; bin = changed.indexOf(1, bin + 1)) bins.push(first + bin);
  return bins;
}

/** With the bins of short quiet times between. */
function withQuiet(changed: readonly number[]): Float64Array {
  const bins: number[] = [];
  let previous = Number.NEGATIVE_INFINITY;
  for (const bin of changed) {
    if (bin - previous - 1 <= longestQuiet) for (let quiet = previous + 1; quiet < bin; quiet += 1) bins.push(quiet);
    bins.push(bin);
    previous = bin;
  }
  return Float64Array.from(bins);
}

function stretchesOf(bins: Float64Array): Stretch[] {
  const stretches: Stretch[] = [];
  let from = 0;
  for (let row = 1; row <= bins.length; row += 1) {
    if (row < bins.length && bins[row] === (bins[row - 1] as number) + 1) continue;
    stretches.push({ from, to: row });
    from = row;
  }
  return stretches;
}
