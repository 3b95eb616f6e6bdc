import { setImmediate } from "node:timers/promises";

/** Lets everything else that is due run first: called between the parts of long work. */
export function breathe(): Promise<void> {
  return setImmediate();
}

/** Breathes when the work has gone on for some milliseconds, and not between parts that are short. */
export class Breath {
  readonly #milliseconds: number;
  #since = performance.now();

  constructor(milliseconds = 4) {
    this.#milliseconds = milliseconds;
  }

  async take(): Promise<void> {
    if (performance.now() - this.#since < this.#milliseconds) return;
    await breathe();
    this.#since = performance.now();
  }
}
