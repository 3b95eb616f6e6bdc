export type PatternKind =
  | "constant"
  | "stuck"
  | "periodic"
  | "night-quiet"
  | "noise"
  | "burst"
  | "drift"
  | "mode"
  | "counter"
  | "level-change"
  | "rate-change";

/** What a signal does, with what speaks for it. */
export interface Pattern {
  readonly kind: PatternKind;
  /** For a house owner, in the entity's unit and local time. */
  readonly sentence: string;
  /** What `strength` is: a correlation, a share, a ratio … */
  readonly evidence: string;
  readonly strength: number;
  /** Of `periodic`. */
  readonly periodSeconds?: number;
  /** Of a change, ms since 1970. */
  readonly at?: number;
}
