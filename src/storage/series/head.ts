import type { SeriesSlice } from "./block.ts";

/** The newest samples of a series, those that are in the log and not yet in a block; in time order. */
export class Head {
  #times = new Float64Array(16);
  #states: string[] = [];

  get count(): number {
    return this.#states.length;
  }

  /** Undefined when empty. */
  get last(): { readonly time: number; readonly state: string } | undefined {
    const state = this.#states.at(-1);
    return state === undefined ? undefined : { time: this.#times[this.#states.length - 1] as number, state };
  }

  get first(): number | undefined {
    return this.#states.length === 0 ? undefined : this.#times[0];
  }

  /** Takes samples in time order; where times are equal they come behind what is there. */
  add(times: readonly number[], states: readonly string[]): void {
    if (times.length === 0) return;
    if ((times[0] as number) >= (this.last?.time ?? Number.NEGATIVE_INFINITY)) {
      this.#append(times, states);
      return;
    }
    const merged = mergeSlices(this.slice(), { times: Float64Array.from(times), states });
    this.#times = merged.times;
    this.#states = [...merged.states];
  }

  /** A copy of the samples from `from` (inclusive) to `to` (exclusive). */
  slice(from: number = Number.NEGATIVE_INFINITY, to: number = Number.POSITIVE_INFINITY): SeriesSlice {
    const used = this.#times.subarray(0, this.#states.length);
    const begin = lowerBound(used, from);
    const end = lowerBound(used, to);
    return { times: used.slice(begin, end), states: this.#states.slice(begin, end) };
  }

  #append(times: readonly number[], states: readonly string[]): void {
    const count = this.#states.length + times.length;
    if (count > this.#times.length) {
      const grown = new Float64Array(Math.max(count, this.#times.length * 2));
      grown.set(this.#times.subarray(0, this.#states.length));
      this.#times = grown;
    }
    this.#times.set(times, this.#states.length);
    for (const state of states) this.#states.push(state);
  }
}

/** Two slices in time order as one; where times are equal, those of `a` come first. */
export function mergeSlices(a: SeriesSlice, b: SeriesSlice): { times: Float64Array<ArrayBuffer>; states: string[] } {
  const times = new Float64Array(a.states.length + b.states.length);
  const states: string[] = [];
  let left = 0;
  let right = 0;
  while (states.length < times.length) {
    const takeLeft =
      right >= b.states.length || (left < a.states.length && (a.times[left] as number) <= (b.times[right] as number));
    const from = takeLeft ? a : b;
    const index = takeLeft ? left++ : right++;
    times[states.length] = from.times[index] as number;
    states.push(from.states[index] as string);
  }
  return { times, states };
}

/** The first index whose time is not below `time`. */
export function lowerBound(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
