/** Mean, deviation and range of values weighted by the time they were shown; plain data. */
export interface WeightedMoments {
  readonly weight: number;
  readonly mean: number;
  /** Sum of weighted squared distances from the mean. */
  readonly squares: number;
  readonly minimum: number;
  readonly maximum: number;
}

export const noMoments: WeightedMoments = {
  weight: 0,
  mean: 0,
  squares: 0,
  minimum: Number.POSITIVE_INFINITY,
  maximum: Number.NEGATIVE_INFINITY,
};

/** One more value, shown for `weight`; stable for any number of values (West, CACM 22(9), 1979). A weight of 0 widens the range alone. */
export function addWeighted(moments: WeightedMoments, value: number, weight: number): WeightedMoments {
  const total = moments.weight + weight;
  const distance = value - moments.mean;
  // The first value is its own mean to the last bit: a constant deviates by nothing.
  const mean = total === 0 ? 0 : moments.weight === 0 ? value : moments.mean + (distance * weight) / total;
  return {
    weight: total,
    mean,
    // The same value again may, rounded, lie on the other side of the mean.
    squares: moments.squares + Math.max(0, weight * distance * (value - mean)),
    minimum: Math.min(moments.minimum, value),
    maximum: Math.max(moments.maximum, value),
  };
}
