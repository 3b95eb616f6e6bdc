/**
 * Quantiles of weighted values in little room: a merging t-digest (Dunning and Ertl, arXiv:1902.04023, 2019) with the scale k(q) = δ/2π · asin(2q − 1).
 */
/** All means, ascending, and then the weight of each: one array takes half the memory of two, and a building has a hundred thousand. */
export type Centroids = Float32Array;

export const noCentroids: Centroids = new Float32Array();

/** One of the values to be merged. */
export interface Weighted {
  readonly mean: number;
  weight: number;
}

/** Where values are sorted and centroids made; of one call only. */
let [sortedMeans, sortedWeights] = [new Float64Array(256), new Float64Array(256)];

/** At most `delta` centroids that stand for all centroids and values; the same for any order of equal lists. */
export function mergeCentroids(lists: readonly Centroids[], values: readonly Weighted[], delta: number): Centroids {
  const most = lists.reduce((sum, list) => sum + countOf(list), values.length);
  if (most > sortedMeans.length)
    [sortedMeans, sortedWeights] = [new Float64Array(2 * most), new Float64Array(2 * most)];
  let length = 0;
  let total = 0;
  for (const list of lists) {
    const count = countOf(list);
    for (let index = 0; index < count; index += 1)
      length = insert(length, list[index] as number, list[count + index] as number);
  }
  for (const { mean, weight } of values) length = insert(length, mean, weight);
  for (let index = 0; index < length; index += 1) total += sortedWeights[index] as number;
  // What is made is never more than what was read, and written where it was.
  let count = 0;
  let passed = 0;
  let limit = limitAfter(0, delta);
  let mean = 0;
  let weight = 0;
  for (let index = 0; index < length; index += 1) {
    const [nextMean, nextWeight] = [sortedMeans[index] as number, sortedWeights[index] as number];
    if (weight > 0 && (passed + weight + nextWeight) / total > limit && count < delta - 1) {
      count = emit(count, mean, weight);
      passed += weight;
      limit = limitAfter(passed / total, delta);
      mean = nextMean;
      weight = nextWeight;
    } else {
      weight += nextWeight;
      mean += ((nextMean - mean) * nextWeight) / weight;
    }
  }
  if (weight > 0) count = emit(count, mean, weight);
  const centroids = new Float32Array(2 * count);
  for (let index = 0; index < count; index += 1) {
    centroids[index] = sortedMeans[index] as number;
    centroids[count + index] = sortedWeights[index] as number;
  }
  return centroids;
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

function emit(count: number, mean: number, weight: number): number {
  sortedMeans[count] = mean;
  sortedWeights[count] = weight;
  return count + 1;
}

/** How many there are. */
export function countOf(centroids: Centroids): number {
  return centroids.length / 2;
}

/** The share up to which a centroid that begins at `share` may reach: one step of the scale. */
function limitAfter(share: number, delta: number): number {
  const scale = (delta / (2 * Math.PI)) * Math.asin(2 * share - 1) + 1;
  const most = delta / 4;
  return scale >= most ? 1 : (Math.sin((scale * 2 * Math.PI) / delta) + 1) / 2;
}

/** The value below which the share `q` of the weight lies, between the least and the greatest value; NaN of nothing. */
export function quantile(centroids: Centroids, q: number, least: number, greatest: number): number {
  const count = countOf(centroids);
  if (count === 0) return Number.NaN;
  const total = centroids.subarray(count).reduce((sum, weight) => sum + weight, 0);
  const wanted = q * total;
  let [before, beforeValue] = [0, least];
  let passed = 0;
  for (let index = 0; index < count; index += 1) {
    const weight = centroids[count + index] as number;
    const [centre, value] = [passed + weight / 2, centroids[index] as number];
    if (wanted <= centre)
      return beforeValue + ((value - beforeValue) * (wanted - before)) / Math.max(centre - before, 1e-12);
    [before, beforeValue] = [centre, value];
    passed += weight;
  }
  return beforeValue + ((greatest - beforeValue) * (wanted - before)) / Math.max(total - before, 1e-12);
}

/** By how much the share below a quantile may be off: the heaviest centroid. Centroids that were merged time and again overlap, so half of it would not do. */
export function rankError(centroids: Centroids): number {
  const weights = centroids.subarray(countOf(centroids));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.length === 0 ? 0 : weights.reduce((most, weight) => Math.max(most, weight), 0) / total;
}
