import { lossOf, type Objective, type Scale } from "./loss.ts";
import type { FittedStructure } from "./structure-function.ts";

/** Every lag up to here is measured, above every one that is a tenth longer; between them it is interpolated. */
const everyLag = 32;
const wider = 1.1;

/**
 * The structure function of a signal of which every value is known: at each lag up to `longest` rows the mean loss over all pairs of rows within [from, to).
 */
export function measuredStructure(
  column: Float64Array,
  {
    from,
    to,
    longest,
    scale,
    objective,
  }: {
    readonly from: number;
    readonly to: number;
    readonly longest: number;
    readonly scale: Scale;
    readonly objective: Objective;
  },
): FittedStructure {
  const loss = new Float64Array(longest + 1);
  const sums = new Float64Array(longest + 2);
  let before = 0;
  for (
    let lag = 1;
    lag <= longest;
    lag = lag < everyLag ? lag + 1 : Math.max(lag + 1, Math.min(longest, Math.ceil(lag * wider)))
  ) {
    let [sum, count] = [0, 0];
    for (let row = from; row + lag < to; row += 1) {
      const [shown, value] = [column[row] as number, column[row + lag] as number];
      if (Number.isNaN(shown) || Number.isNaN(value)) continue;
      sum += lossOf(shown, value, scale, objective);
      count += 1;
    }
    const mean = count === 0 ? (loss[before] as number) : sum / count;
    for (let between = before + 1; between <= lag; between += 1) {
      loss[between] =
        (loss[before] as number) + ((mean - (loss[before] as number)) * (between - before)) / (lag - before);
    }
    before = lag;
  }
  for (let lag = 0; lag <= longest; lag += 1) sums[lag + 1] = (sums[lag] as number) + (loss[lag] as number);
  return { loss, sums };
}

/** Mean loss of a signal that is read every `ticks`: the mean of S over the ages 0 to ticks − 1. */
export function meanLoss({ sums }: FittedStructure, ticks: number): number {
  return (sums[ticks] as number) / ticks;
}
