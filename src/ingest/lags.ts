/** Buckets a doubling: a quantile is at most 19 % too large. */
const perDoubling = 4;
/** Up to 2^20 ms, 17 minutes; what is later counts as that. */
const buckets = 20 * perDoubling + 1;
const minutes = 60;

/** How late values came over the last hour; constant memory. Times in ms of one clock that only grows. */
export class Lags {
  readonly #counts = Array.from({ length: minutes }, () => new Uint32Array(buckets));
  #minute = 0;

  add(now: number, lag: number, count: number): void {
    this.#advance(now);
    const bucket = Math.min(buckets - 1, Math.max(0, Math.ceil(Math.log2(Math.max(1, lag)) * perDoubling)));
    const counts = this.#counts[this.#minute % minutes] as Uint32Array;
    counts[bucket] = (counts[bucket] as number) + count;
  }

  /** Milliseconds that `share` of the values of so many last minutes did not exceed; undefined when there were none. */
  quantile(now: number, share: number, lastMinutes: number = minutes): number | undefined {
    this.#advance(now);
    const last = Array.from(
      { length: lastMinutes },
      (_, ago) => this.#counts[(this.#minute + minutes - ago) % minutes] as Uint32Array,
    );
    const all = Array.from({ length: buckets }, (_, bucket) =>
      last.reduce((sum, counts) => sum + (counts[bucket] as number), 0),
    );
    const wanted = all.reduce((sum, count) => sum + count, 0) * share;
    if (wanted === 0) return undefined;
    let seen = 0;
    const found = all.findIndex((count) => (seen += count) >= wanted);
    return 2 ** (found / perDoubling);
  }

  #advance(now: number): void {
    const minute = Math.floor(now / 60_000);
    for (let step = Math.max(this.#minute + 1, minute - minutes + 1); step <= minute; step += 1)
      (this.#counts[step % minutes] as Uint32Array).fill(0);
    this.#minute = Math.max(this.#minute, minute);
  }
}
