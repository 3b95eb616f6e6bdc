/** 16 kB each at the most: a house's are all kept, of a building's thousands those that are worked with. */
const capacity = 1_024;

/** Whoever holds computed columns. */
export interface ColumnHolder {
  drop(name: string): void;
}

/** Sees to it that only so many columns are kept: those that were computed last. */
export class RecentColumns {
  readonly #kept: { readonly holder: ColumnHolder; readonly name: string }[] = [];
  #oldest = 0;

  /** `holder` has computed a column; whoever has the oldest drops it when there are too many. */
  add(holder: ColumnHolder, name: string): void {
    const oldest = this.#kept[this.#oldest];
    if (this.#kept.length === capacity && oldest !== undefined) oldest.holder.drop(oldest.name);
    this.#kept[this.#oldest] = { holder, name };
    this.#oldest = (this.#oldest + 1) % capacity;
  }
}
