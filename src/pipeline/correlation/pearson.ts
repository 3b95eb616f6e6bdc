export interface Pearson {
  /** −1 to 1; NaN when one of the two does not vary where both are known. */
  readonly r: number;
  /** Rows in which both are known. */
  readonly n: number;
}

/** Pearson's correlation of the rows in which both are known; in two passes, so that a large mean costs no digits. */
export function pearson(a: Float64Array, b: Float64Array): Pearson {
  let n = 0;
  let sumA = 0;
  let sumB = 0;
  for (let row = 0; row < a.length; row += 1) {
    const x = a[row] as number;
    const y = b[row] as number;
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    n += 1;
    sumA += x;
    sumB += y;
  }
  const meanA = sumA / n;
  const meanB = sumB / n;
  let squaresA = 0;
  let squaresB = 0;
  let products = 0;
  for (let row = 0; row < a.length; row += 1) {
    const x = (a[row] as number) - meanA;
    const y = (b[row] as number) - meanB;
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    squaresA += x * x;
    squaresB += y * y;
    products += x * y;
  }
  const r = products / Math.sqrt(squaresA * squaresB);
  return { r: Math.max(-1, Math.min(1, r)), n };
}
