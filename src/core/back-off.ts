/** Waiting times between tries: doubling, capped, and spread by chance so that many clients do not come back at once. */
export class BackOff {
  readonly #first: number;
  readonly #cap: number;
  readonly #random: () => number;
  #failures = 0;

  /** Milliseconds. `random` gives numbers from 0 to 1. */
  constructor(options: { readonly first: number; readonly cap: number; readonly random: () => number }) {
    this.#first = options.first;
    this.#cap = options.cap;
    this.#random = options.random;
  }

  /** The wait before the next try: between half of the nominal time and all of it. */
  next(): number {
    const nominal = Math.min(this.#cap, this.#first * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return nominal * (0.5 + this.#random() / 2);
  }

  reset(): void {
    this.#failures = 0;
  }
}
