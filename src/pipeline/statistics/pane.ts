import { addWeighted, noMoments, type WeightedMoments } from "./weighted-moments.ts";
import { type Centroids, mergeCentroids, noCentroids, type Weighted } from "./quantile-sketch.ts";

/** What an entity showed in one stretch of time; plain data. */
export interface Pane {
  /** ms since 1970. */
  readonly from: number;
  /** Weighted by ms. */
  moments: WeightedMoments;
  /** ms with a value, a number or not, and ms without. */
  present: number;
  missing: number;
  changes: number;
  centroids: Centroids;
}

export function emptyPane(from: number): Pane {
  return { from, moments: noMoments, present: 0, missing: 0, changes: 0, centroids: noCentroids };
}

/** Several panes as one, from the first on. `delta`: centroids at most. */
export function mergePanes(panes: readonly Pane[], delta: number): Pane {
  let moments = noMoments;
  let [present, missing, changes] = [0, 0, 0];
  for (const pane of panes) {
    moments = mergeMoments(moments, pane.moments);
    present += pane.present;
    missing += pane.missing;
    changes += pane.changes;
  }
  const centroids = mergeCentroids(
    panes.map((pane) => pane.centroids),
    [],
    delta,
  );
  return { from: panes[0]?.from ?? 0, moments, present, missing, changes, centroids };
}

/** Of both together (Chan, Golub and LeVeque, American Statistician 37, 1983). */
function mergeMoments(a: WeightedMoments, b: WeightedMoments): WeightedMoments {
  const range = {
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
  };
  if (a.weight === 0) return { ...b, ...range };
  if (b.weight === 0) return { ...a, ...range };
  const weight = a.weight + b.weight;
  const distance = b.mean - a.mean;
  return {
    ...range,
    weight,
    mean: a.mean + (distance * b.weight) / weight,
    squares: a.squares + b.squares + (distance * distance * a.weight * b.weight) / weight,
  };
}

/** What is shown: a number, something else (NaN), or nothing. */
export interface Shown {
  readonly value: number;
  readonly isMissing: boolean;
}

/** Shown for so long. The weight of a number joins the `waiting` values, which `settle` makes centroids of. */
export function showIn(pane: Pane, waiting: Weighted[], { value, isMissing }: Shown, milliseconds: number): void {
  if (isMissing) pane.missing += milliseconds;
  else pane.present += milliseconds;
  if (isMissing || Number.isNaN(value)) return;
  const last = waiting.at(-1);
  if (last?.mean === value) last.weight += milliseconds;
  else waiting.push({ mean: value, weight: milliseconds });
  pane.moments = addWeighted(pane.moments, value, milliseconds);
}

export function settle(pane: Pane, waiting: Weighted[], delta: number): void {
  if (waiting.length === 0) return;
  pane.centroids = mergeCentroids([pane.centroids], waiting, delta);
  waiting.length = 0;
}
