/** 16 kB each at the most: a house's are all kept, of a building's thousands those that are worked with. */
const capacity = 2_048;

/** Columns that were computed last; another is computed again when it is asked for. */
export class RecentColumns {
  readonly #columns = new Map<string, Float64Array>();

  get(key: string, compute: () => Float64Array): Float64Array {
    const known = this.#columns.get(key);
    const column = known ?? compute();
    // The first in the map is the one that was not used for longest.
    if (known !== undefined) this.#columns.delete(key);
    else if (this.#columns.size >= capacity) this.#columns.delete(this.#columns.keys().next().value as string);
    this.#columns.set(key, column);
    return column;
  }
}
