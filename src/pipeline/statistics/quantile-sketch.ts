/**
 * Quantiles of weighted values in little room: a merging t-digest (Dunning and Ertl, arXiv:1902.04023, 2019) with the scale k(q) = δ/2π · asin(2q − 1). Plain functions on centroids; ascending means.
 */
export interface Centroids {
  readonly means: Float32Array;
  readonly weights: Float32Array;
  readonly count: number;
}

export const noCentroids: Centroids = { means: new Float32Array(), weights: new Float32Array(), count: 0 };

/** One of the values to be merged. */
export interface Weighted {
  readonly mean: number;
  weight: number;
}

/** At most `delta` centroids that stand for all of the values; the same for any order of equal lists. */
export function mergeCentroids(values: readonly Weighted[], delta: number): Centroids {
  const sorted = values.toSorted((a, b) => a.mean - b.mean || a.weight - b.weight);
  let total = 0;
  for (const { weight } of sorted) total += weight;
  const means = new Float32Array(Math.min(delta, sorted.length));
  const weights = new Float32Array(means.length);
  let count = 0;
  let passed = 0;
  let limit = limitAfter(0, delta);
  let mean = 0;
  let weight = 0;
  const emit = (): void => {
    means[count] = mean;
    weights[count] = weight;
    count += 1;
  };
  for (const next of sorted) {
    if (weight > 0 && (passed + weight + next.weight) / total > limit && count < delta - 1) {
      emit();
      passed += weight;
      limit = limitAfter(passed / total, delta);
      [mean, weight] = [next.mean, next.weight];
    } else {
      weight += next.weight;
      mean += ((next.mean - mean) * next.weight) / weight;
    }
  }
  if (weight > 0) emit();
  return { means: means.slice(0, count), weights: weights.slice(0, count), count };
}

/** The share up to which a centroid that begins at `share` may reach: one step of the scale. */
function limitAfter(share: number, delta: number): number {
  const scale = (delta / (2 * Math.PI)) * Math.asin(2 * share - 1) + 1;
  const most = delta / 4;
  return scale >= most ? 1 : (Math.sin((scale * 2 * Math.PI) / delta) + 1) / 2;
}

export function valuesOf({ means, weights, count }: Centroids): Weighted[] {
  const values: Weighted[] = [];
  for (let index = 0; index < count; index += 1) {
    values.push({ mean: means[index] as number, weight: weights[index] as number });
  }
  return values;
}

/** The value below which the share `q` of the weight lies, between the least and the greatest value; NaN of nothing. */
export function quantile({ means, weights, count }: Centroids, q: number, least: number, greatest: number): number {
  if (count === 0) return Number.NaN;
  const total = weights.subarray(0, count).reduce((sum, weight) => sum + weight, 0);
  const wanted = q * total;
  let [before, beforeValue] = [0, least];
  let passed = 0;
  for (let index = 0; index < count; index += 1) {
    const weight = weights[index] as number;
    const [centre, value] = [passed + weight / 2, means[index] as number];
    if (wanted <= centre)
      return beforeValue + ((value - beforeValue) * (wanted - before)) / Math.max(centre - before, 1e-12);
    [before, beforeValue] = [centre, value];
    passed += weight;
  }
  return beforeValue + ((greatest - beforeValue) * (wanted - before)) / Math.max(total - before, 1e-12);
}

/** By how much the share below a quantile may be off: the heaviest centroid. Centroids that were merged time and again overlap, so half of it would not do. */
export function rankError({ weights, count }: Centroids): number {
  const used = weights.subarray(0, count);
  const total = used.reduce((sum, weight) => sum + weight, 0);
  return count === 0 ? 0 : used.reduce((most, weight) => Math.max(most, weight), 0) / total;
}
