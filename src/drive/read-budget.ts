/** ms; in none of this length the reads take more than their share. */
const window = 10_000;
/** What was not used may be made up for, as long as it came together within this; ms. */
const makeUp = 1_000;

interface Spent {
  readonly end: number;
  readonly cost: number;
}

/**
 * Keeps reads within their share of a bus: evenly spread, and never more than the share in any ten seconds. A read counts from its end, as it may have been on the line until then. Times are monotonic ms.
 */
export class ReadBudget {
  #spent: Spent[] = [];
  #credit = 0;
  #creditAt: number | undefined;

  /** ms until a read of `cost` ms may begin: 0 now, infinite when it is more than `most` allows. `share` is aimed at, `most` never exceeded. */
  wait(now: number, cost: number, { share, most }: { readonly share: number; readonly most: number }): number {
    if (!(share > 0) || cost > most * window) return Number.POSITIVE_INFINITY;
    this.#accrue(now, share);
    return Math.max(this.#untilPaced(share), this.#untilWindow(now, cost, most));
  }

  /** A read ended that kept the bus busy for `cost` ms. Of a very long one no more is paid back than of one that took all of the ten seconds. */
  spend(end: number, cost: number): void {
    this.#credit = Math.max(-window, this.#credit - cost);
    this.#spent.push({ end, cost });
  }

  /** Share of the last ten seconds. */
  load(now: number): number {
    this.#forget(now);
    return this.#spent.reduce((sum, { cost }) => sum + cost, 0) / window;
  }

  /** Reads a second in the last ten seconds. */
  rate(now: number): number {
    this.#forget(now);
    return (this.#spent.length / window) * 1_000;
  }

  #accrue(now: number, share: number): void {
    const since = this.#creditAt === undefined ? 0 : now - this.#creditAt;
    this.#creditAt = now;
    this.#credit = Math.min(share * makeUp, this.#credit + since * share);
  }

  /** What a read cost is paid before the next begins. */
  #untilPaced(share: number): number {
    return this.#credit >= 0 ? 0 : -this.#credit / share;
  }

  #untilWindow(now: number, cost: number, most: number): number {
    this.#forget(now);
    let excess = this.#spent.reduce((sum, each) => sum + each.cost, 0) + cost - most * window;
    for (const each of this.#spent) {
      if (excess <= 0) return 0;
      excess -= each.cost;
      if (excess <= 0) return each.end + window - now;
    }
    return 0;
  }

  #forget(now: number): void {
    this.#spent = this.#spent.filter(({ end }) => now - end < window);
  }
}
