import type { Sample } from "#model/sample.ts";

/** Puts together what comes in one turn: Home Assistant sends many events in a frame, and each on its own would cost as much as all of them. */
export class FrameGatherer {
  readonly #onFrame: (samples: readonly Sample[], newest: number | undefined) => void;
  #samples: Sample[] = [];
  #newest: number | undefined;
  #waiting = false;

  /** `onFrame` is called once a turn with all samples, in order, and the newest time among the events; before anything else that waits. */
  constructor(onFrame: (samples: readonly Sample[], newest: number | undefined) => void) {
    this.#onFrame = onFrame;
  }

  add(samples: readonly Sample[], newest: number | undefined): void {
    for (const sample of samples) this.#samples.push(sample);
    if (newest !== undefined && newest > (this.#newest ?? 0)) this.#newest = newest;
    if (this.#waiting) return;
    this.#waiting = true;
    queueMicrotask(() => this.flush());
  }

  flush(): void {
    const [samples, newest] = [this.#samples, this.#newest];
    this.#samples = [];
    this.#newest = undefined;
    this.#waiting = false;
    if (samples.length > 0 || newest !== undefined) this.#onFrame(samples, newest);
  }
}
