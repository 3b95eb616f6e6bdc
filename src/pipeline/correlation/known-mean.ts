export interface KnownMean {
  /** NaN of nothing. */
  readonly mean: number;
  readonly count: number;
}

/** Of the values that are known: NaN is not. */
export function knownMean(values: Float64Array): KnownMean {
  let count = 0;
  let sum = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (Number.isNaN(value)) continue;
    count += 1;
    sum += value;
  }
  return { mean: sum / count, count };
}
