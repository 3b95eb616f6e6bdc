import { knownMean } from "./known-mean.ts";

/** Below the root of 2^30, so that no sum of products leaves 32 bits; and no single number 16. */
const norm = 32_000;

/**
 * Writes `values` as whole numbers around their mean, of which the squares' sum is about 2^30: their dot products, over the root of the product of the sums, are correlations to
 * 1e-5. What is not known counts as the mean, 0. False when the values do not differ; all is 0 then.
 */
export function standardize(values: Float64Array, into: Int16Array): boolean {
  const { mean, count } = knownMean(values);
  let squares = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  }
  into.fill(0);
  // Sums of the same number differ from it by rounding.
  if (count < 2 || !(squares > count * (mean * 1e-7) ** 2) || !Number.isFinite(squares)) return false;
  const scale = norm / Math.sqrt(squares);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (!Number.isNaN(value)) into[row] = Math.round((value - mean) * scale);
  }
  return true;
}
