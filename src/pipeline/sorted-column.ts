/** Ascending. For columns of one's own: another is not made. */
export function sortInPlace(column: Float64Array): Float64Array {
  // oxlint-disable-next-line unicorn/no-array-sort -- that is the purpose
  return column.sort();
}

/** How many numbers of an ascending column are less than `value`: where the first that is not stands. */
export function countBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many numbers of an ascending column are not greater than `value`. */
export function countUpTo(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
