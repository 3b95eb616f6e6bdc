import type { Clock, Timer } from "#core/clock.ts";

/** A clock that stands still until a test moves it. Timers run in order of their time, then of their creation. */
export class ManualClock implements Clock {
  #now: number;
  #elapsed = 0;
  #timers: { at: number; run: () => void }[] = [];

  constructor(start = 1_700_000_000_000) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  after(milliseconds: number, run: () => void): Timer {
    const timer = { at: this.#elapsed + Math.max(0, milliseconds), run };
    this.#timers.push(timer);
    const cancel = (): void => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
    return { cancel, [Symbol.dispose]: cancel };
  }

  /** Somebody sets the machine's clock; durations are not touched. */
  jump(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Lets time pass, running every timer that comes due and the promises that follow from it. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await settle();
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#move(due.at);
      due.run();
      await settle();
    }
    this.#move(end);
    await settle();
  }

  #move(elapsed: number): void {
    this.#now += elapsed - this.#elapsed;
    this.#elapsed = elapsed;
  }
}

/** Lets promises that are already resolved run their continuations, input and output included. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
