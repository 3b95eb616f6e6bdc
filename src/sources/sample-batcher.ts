import type { EntityId } from "#model/entity.ts";
import type { Sample } from "#model/sample.ts";

const samplesPerBatch = 10_000;

/** What the current batch holds of one entity. */
interface Run {
  time: number;
  /** Times of the batch that are over: a row of such a time that comes once more is a repetition, not a sequence. */
  readonly past: Set<number>;
}

/**
 * Cuts a stream of samples, in whatever order, into batches. Real event bursts put A, B, A on one millisecond: rows of one entity and
 * time that follow each other stay in one batch, where the store takes them as a sequence. A row that comes again later in the
 * file begins a new batch, where the store sees that it has it.
 */
export class SampleBatcher {
  readonly #runs = new Map<EntityId, Run>();
  #samples: Sample[] = [];
  #ready: Sample[][] = [];

  add(sample: Sample): void {
    const run = this.#runs.get(sample.entityId);
    if (run === undefined) {
      this.#runs.set(sample.entityId, { time: sample.time, past: new Set() });
    } else if (run.time !== sample.time) {
      if (run.past.has(sample.time)) {
        this.#cut(this.#samples.length);
        return this.add(sample);
      }
      run.past.add(run.time);
      run.time = sample.time;
    }
    this.#samples.push(sample);
    if (this.#samples.length >= samplesPerBatch) this.#cutBeforeOpenTime();
  }

  /** Finished batches; with `end` what is left as well. */
  *take(end = false): Generator<readonly Sample[]> {
    if (end) this.#cut(this.#samples.length);
    const ready = this.#ready;
    this.#ready = [];
    yield* ready;
  }

  /** More rows may come of the newest time: they go with the next batch together. */
  #cutBeforeOpenTime(): void {
    const open = this.#samples.at(-1)?.time;
    let keep = this.#samples.length;
    while (keep > 0 && this.#samples[keep - 1]?.time === open) keep -= 1;
    // A single moment fills the batch: wait on, it must not be torn.
    if (keep > 0) this.#cut(keep);
  }

  #cut(count: number): void {
    if (count === 0) return;
    this.#ready.push(this.#samples.slice(0, count));
    const rest = this.#samples.slice(count);
    this.#samples = [];
    this.#runs.clear();
    for (const sample of rest) this.add(sample);
  }
}
