/** Numbers that are needed until the end of one call, in memory that the next call uses again: columns made for a moment wait for a collection of garbage, thousands of them. */
export class ScratchColumn {
  #numbers = new Float64Array();

  /** `length` numbers, with whatever was left there; the earlier of the same scratch are overwritten. */
  take(length: number): Float64Array {
    if (this.#numbers.length < length) this.#numbers = new Float64Array(length);
    return this.#numbers.subarray(0, length);
  }
}
