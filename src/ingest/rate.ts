/** Events a second over the last minute; constant memory. Times in ms of one clock that only grows. */
export class Rate {
  readonly #counts = new Float64Array(60);
  #second = 0;
  #first: number | undefined;

  add(now: number, count: number): void {
    this.#advance(now);
    this.#first ??= now;
    this.#counts[this.#second % 60] = (this.#counts[this.#second % 60] as number) + count;
  }

  perSecond(now: number): number {
    this.#advance(now);
    if (this.#first === undefined) return 0;
    const seconds = Math.min(60, Math.max(1, (now - this.#first) / 1_000));
    return this.#counts.reduce((sum, count) => sum + count, 0) / seconds;
  }

  #advance(now: number): void {
    const second = Math.floor(now / 1_000);
    for (let step = Math.max(this.#second + 1, second - 59); step <= second; step += 1) this.#counts[step % 60] = 0;
    this.#second = Math.max(this.#second, second);
  }
}
