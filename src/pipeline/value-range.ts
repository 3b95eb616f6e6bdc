/** The least and the greatest of the first `count` values; NaN is none. Infinite, and the wrong way round, of nothing. */
export function rangeOf(
  values: Float64Array | Float32Array,
  count: number = values.length,
): { readonly least: number; readonly greatest: number } {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < count; row += 1) {
    const value = values[row] as number;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest };
}
