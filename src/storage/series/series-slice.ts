import { StateList, type States } from "./states.ts";

/** Samples of one series in time order. Times are whole milliseconds; equal times keep their order. */
export interface SeriesSlice {
  readonly times: Float64Array;
  readonly states: States;
}

/** The samples from `from` (inclusive) to `to` (exclusive), as views. */
export function cutSlice({ times, states }: SeriesSlice, from: number, to: number): SeriesSlice {
  const begin = lowerBound(times, from);
  const end = lowerBound(times, to);
  return begin === 0 && end === times.length
    ? { times, states }
    : { times: times.subarray(begin, end), states: states.slice(begin, end) };
}

/** Two slices in time order as one; where times are equal, those of `a` come first. */
export function mergeSlices(a: SeriesSlice, b: SeriesSlice): SeriesSlice {
  if (a.times.length === 0) return b;
  if (b.times.length === 0) return a;
  const times = new Float64Array(a.times.length + b.times.length);
  const states = new StateList(times.length);
  let left = 0;
  let right = 0;
  for (let index = 0; index < times.length; index += 1) {
    const takeLeft =
      right >= b.times.length || (left < a.times.length && (a.times[left] as number) <= (b.times[right] as number));
    const from = takeLeft ? a : b;
    const taken = takeLeft ? left++ : right++;
    times[index] = from.times[taken] as number;
    states.pushFrom(from.states, taken);
  }
  return { times, states: states.view() };
}

/** The first index whose time is not below `time`. */
export function lowerBound(
  times: { readonly length: number; at(index: number): number | undefined },
  time: number,
): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times.at(middle) as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
