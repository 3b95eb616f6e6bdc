/**
 * A pure step of the pipeline: what comes in changes its state, and nothing else does. Time and randomness are arguments, so a
 * replay gives the same numbers; how the input was cut into pieces makes no difference.
 */
export interface Stage<Input, Snapshot> {
  step(input: Input): void;
  /** The whole state as plain data. Restoring it and going on is the same as never having stopped. */
  snapshot(): Snapshot;
}
