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

/** Where values are sorted and centroids made; of one call only. */
let [sortedMeans, sortedWeights] = [new Float64Array(256), new Float64Array(256)];

/** At most `delta` centroids that stand for all centroids and values; the same for any order of equal lists. */
export function mergeCentroids(lists: readonly Centroids[], values: readonly Weighted[], delta: number): Centroids {
  const most = lists.reduce((sum, list) => sum + list.count, values.length);
  if (most > sortedMeans.length)
    [sortedMeans, sortedWeights] = [new Float64Array(2 * most), new Float64Array(2 * most)];
  let length = 0;
  let total = 0;
  for (const { means, weights, count } of lists)
    for (let index = 0; index < count; index += 1)
      length = insert(length, means[index] as number, weights[index] as number);
  for (const { mean, weight } of values) length = insert(length, mean, weight);
  for (let index = 0; index < length; index += 1) total += sortedWeights[index] as number;
  const [means, weights] = [new Float32Array(Math.min(delta, length)), new Float32Array(Math.min(delta, length))];
  let count = 0;
  let passed = 0;
  let limit = limitAfter(0, delta);
  let mean = 0;
  let weight = 0;
  for (let index = 0; index < length; index += 1) {
    const [nextMean, nextWeight] = [sortedMeans[index] as number, sortedWeights[index] as number];
    if (weight > 0 && (passed + weight + nextWeight) / total > limit && count < delta - 1) {
      count = emit(means, weights, count, mean, weight);
      passed += weight;
      limit = limitAfter(passed / total, delta);
      mean = nextMean;
      weight = nextWeight;
    } else {
      weight += nextWeight;
      mean += ((nextMean - mean) * nextWeight) / weight;
    }
  }
  if (weight > 0) count = emit(means, weights, count, mean, weight);
  return count === means.length
    ? { means, weights, count }
    : { means: means.slice(0, count), weights: weights.slice(0, count), count };
}

/** Sorted by mean, then by weight: what is given is nearly so. */
function insert(length: number, mean: number, weight: number): number {
  let at = length;
  for (; at > 0; at -= 1) {
    const before = sortedMeans[at - 1] as number;
    if (before < mean || (before === mean && (sortedWeights[at - 1] as number) <= weight)) break;
    sortedMeans[at] = before;
    sortedWeights[at] = sortedWeights[at - 1] as number;
  }
  sortedMeans[at] = mean;
  sortedWeights[at] = weight;
  return length + 1;
}

function emit(means: Float32Array, weights: Float32Array, count: number, mean: number, weight: number): number {
  means[count] = mean;
  weights[count] = weight;
  return count + 1;
}

/** The share up to which a centroid that begins at `share` may reach: one step of the scale. */
function limitAfter(share: number, delta: number): number {
  const scale = (delta / (2 * Math.PI)) * Math.asin(2 * share - 1) + 1;
  const most = delta / 4;
  return scale >= most ? 1 : (Math.sin((scale * 2 * Math.PI) / delta) + 1) / 2;
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
