import { ScratchColumn } from "../scratch-column.ts";
import { countBelow, countUpTo, sortInPlace } from "../sorted-column.ts";

const scratch = new ScratchColumn();

/** Ranks from 0 on; equal values share the mean of theirs; NaN stays. */
export function ranks(values: Float64Array): Float64Array<ArrayBuffer> {
  let count = 0;
  const known = scratch.take(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (!Number.isNaN(value)) known[count++] = value;
  }
  // Without a function that compares: for that each number would become an object.
  const sorted = sortInPlace(known.subarray(0, count));
  const result = new Float64Array(values.length).fill(Number.NaN);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (!Number.isNaN(value)) result[row] = (countBelow(sorted, value) + countUpTo(sorted, value) - 1) / 2;
  }
  return result;
}
