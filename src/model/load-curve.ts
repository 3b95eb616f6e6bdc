/** How the reads of a bus are shared among its entities: `plan` as proposed, `even` all alike, `changes` the more a value changes, the more often, `best` as whoever knew the future would. */
export type LoadPolicy = "plan" | "even" | "changes" | "best";

/** What is lost against what a bus is asked for, measured on values that none but `best` had seen. Shares of the bus, and mean losses of its entities, 0 to 1. */
export interface LoadCurve {
  /** Ascending. */
  readonly shares: readonly number[];
  /** One loss for each of the shares. */
  readonly losses: Readonly<Record<LoadPolicy, readonly number[]>>;
  /** As it is, and as proposed. */
  readonly present: { readonly share: number; readonly loss: number };
  readonly proposed: { readonly share: number; readonly loss: number };
}
