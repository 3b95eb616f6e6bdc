import type { Trace } from "../grid/trace.ts";
import { rangeOf } from "../value-range.ts";

/** A signal that goes to and fro between two levels, in a rhythm. */
export interface SwitchRhythm {
  readonly periodSeconds: number;
  /** Share of the periods that are about as long. */
  readonly strength: number;
  readonly cycles: number;
}

/** Values this near to one of the two levels belong to it, as a share of what is between them. */
const near = 0.2;
const leastNear = 0.8;
const leastCycles = 8;
/** Periods as near to the median are as long. */
const alike = 0.2;
const leastAlike = 0.75;
/** In fewer bins of the trace a period is not seen. */
const shortestInBins = 4;

/** From the times at which the signal rises, which a trace has finer than the grid; undefined when it has no two levels, or no rhythm. */
export function switchRhythm({ bins, values, count, width }: Trace): SwitchRhythm | undefined {
  const { least, greatest } = rangeOf(values, count);
  const reach = (greatest - least) * near;
  if (!(reach > 0)) return undefined;
  const rises: number[] = [];
  let atLevel = 0;
  let isHigh: boolean | undefined;
  for (let index = 0; index < count; index += 1) {
    const value = values[index] as number;
    if (value <= least + reach) {
      atLevel += 1;
      isHigh = false;
    } else if (value >= greatest - reach) {
      atLevel += 1;
      if (isHigh === false) rises.push((bins[index] as number) * width);
      isHigh = true;
    } else if (Number.isNaN(value)) isHigh = undefined;
  }
  if (atLevel < count * leastNear || rises.length <= leastCycles) return undefined;
  const periods = rises.slice(1).map((time, index) => time - (rises[index] as number));
  const median = periods.toSorted((a, b) => a - b)[Math.floor(periods.length / 2)] as number;
  const regular = periods.filter((period) => Math.abs(period / median - 1) <= alike);
  const strength = regular.length / periods.length;
  if (strength < leastAlike || median < width * shortestInBins) return undefined;
  const periodSeconds = regular.reduce((sum, period) => sum + period, 0) / regular.length / 1_000;
  return { periodSeconds, strength, cycles: periods.length };
}
