import { cutSlice, mergeSlices, type SeriesSlice } from "./series-slice.ts";
import { StateList, type States } from "./states.ts";

/** The newest samples of a series, those that are in the log and not yet in a block; in time order. */
export class Head {
  #times: Float64Array<ArrayBuffer>;
  #states: StateList;
  #count = 0;

  /** With room for so many samples; it grows. */
  constructor(capacity = 16) {
    this.#times = new Float64Array(capacity);
    this.#states = new StateList(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** Undefined when empty. */
  get last(): { readonly time: number; readonly state: string } | undefined {
    const { count } = this;
    return count === 0 ? undefined : { time: this.lastTime, state: this.#states.view().at(count - 1) };
  }

  get first(): number | undefined {
    return this.count === 0 ? undefined : this.#times[0];
  }

  /** Minus infinity when empty. */
  get lastTime(): number {
    return this.count === 0 ? Number.NEGATIVE_INFINITY : (this.#times[this.count - 1] as number);
  }

  /** Takes the samples from `begin` to before `end`, which are in time order; where times are equal they come behind what is there. */
  add(times: Float64Array, states: States, begin = 0, end: number = times.length): void {
    if (begin >= end) return;
    if ((times[begin] as number) < this.lastTime) {
      const merged = mergeSlices(this.slice(), { times: times.subarray(begin, end), states: states.slice(begin, end) });
      this.#times = new Float64Array(merged.times.length);
      this.#states = new StateList(merged.times.length);
      this.#count = 0;
      this.#append(merged.times, merged.states, 0, merged.times.length);
    } else {
      this.#append(times, states, begin, end);
    }
  }

  /** The samples from `from` (inclusive) to `to` (exclusive), as views: what is added later does not show. */
  slice(from: number = Number.NEGATIVE_INFINITY, to: number = Number.POSITIVE_INFINITY): SeriesSlice {
    return cutSlice({ times: this.#times.subarray(0, this.count), states: this.#states.view() }, from, to);
  }

  #append(times: Float64Array, states: States, begin: number, end: number): void {
    let count = this.count;
    if (count + end - begin > this.#times.length) {
      const grown = new Float64Array(Math.max(count + end - begin, Math.ceil(this.#times.length * 1.25)));
      grown.set(this.#times.subarray(0, count));
      this.#times = grown;
    }
    for (let index = begin; index < end; index += 1) {
      this.#times[count] = times[index] as number;
      this.#states.pushFrom(states, index);
      count += 1;
    }
    this.#count = count;
  }
}
