/** 16 kB each at the most: a house's are all kept, of a building's thousands those that are worked with. */
const capacity = 1_024;
/** More than are computed while one is at work: a formula and all its terms are 121. */
const grace = 256;

/** One number for each row of the grid, in a buffer of its own. */
type Column = Float64Array<ArrayBuffer>;

/** Whoever holds computed columns. */
export interface ColumnHolder {
  /** Forgets a column; whoever has it at hand may go on with it for a while. */
  drop(name: string): void;
}

/**
 * Sees to it that only so many columns are kept: those that were computed last. A column that was dropped is whole until {@link grace} more were computed, then its memory is given back at once: of a
 * building thousands would wait for a collection of garbage, and leave holes in the allocator's memory.
 */
export class RecentColumns {
  /** A ring, from whoever is dropped no longer ago than the grace to the newest. */
  readonly #kept: { readonly holder: ColumnHolder; readonly name: string; readonly column: Column }[] = [];
  #added = 0;

  /** `holder` has computed a column; whoever has the oldest drops it when there are too many. */
  add(holder: ColumnHolder, name: string, column: Column): void {
    const size = capacity + grace;
    // A buffer whose content went elsewhere holds nothing; the new one is of no length.
    this.#kept[this.#added % size]?.column.buffer.transfer(0);
    this.#kept[this.#added % size] = { holder, name, column };
    const dropped = this.#kept[(this.#added - capacity) % size];
    dropped?.holder.drop(dropped.name);
    this.#added += 1;
  }
}
