/**
 * What a plan gains on reads it had not seen, against the present intervals (all stretched alike where they are more than the bus should carry). Losses are means over the entities, 0 to 1: off by a share of
 * the range, or out of date a share of the time.
 */
export interface PlanGain {
  readonly loss: number;
  readonly lossAfter: number;
  /** Loss that it spares, with limits of 95 % confidence; negative is worse. */
  readonly spared: number;
  readonly low: number;
  readonly high: number;
  /** Its reads as a share of those it might make. */
  readonly readsAfter: number;
  /** Better with confidence, or as good with clearly fewer reads: only then it is advised. */
  readonly isProven: boolean;
}
