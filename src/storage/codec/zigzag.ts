/** Whole numbers of either sign as whole numbers from 0 on, small magnitudes small: 0, -1, 1, -2 … become 0, 1, 2, 3 …; |value| < 2^52. */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
