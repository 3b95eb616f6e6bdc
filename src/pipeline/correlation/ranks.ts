import { countBelow, countUpTo } from "../sorted-column.ts";

/** Ranks from 0 on; equal values share the mean of theirs; NaN stays. */
export function ranks(values: Float64Array): Float64Array {
  let count = 0;
  const known = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (!Number.isNaN(value)) known[count++] = value;
  }
  // Without a function that compares: for that each number would become an object.
  const sorted = known.subarray(0, count).toSorted();
  const result = new Float64Array(values.length).fill(Number.NaN);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (!Number.isNaN(value)) result[row] = (countBelow(sorted, value) + countUpTo(sorted, value) - 1) / 2;
  }
  return result;
}
