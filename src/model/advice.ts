import type { EntityId } from "./entity.ts";

/** A recommended interval for one entity. Intervals in seconds. */
export interface Advice {
  readonly entityId: EntityId;
  readonly action: "keep" | "slower" | "faster" | "wait";
  /** Effective interval now; where no read was seen, the one that was set when others counted (`origin`); absent when that is not known either. */
  readonly present?: number;
  /** Absent while `action` is `wait`. */
  readonly recommended?: number;
  /** Why, in one plain sentence. */
  readonly reason: string;
  /** Whose counts stand behind it where too little was seen; absent: what was seen. */
  readonly origin?: "legacy";
  /** Mean loss now and as recommended, 0 to 1: off by this share of its range, or out of date this share of the time. Absent where no plan was made. */
  readonly loss?: number;
  readonly lossAfter?: number;
  /** Share of its bus the entity takes now and would take. */
  readonly share?: number;
  readonly shareAfter?: number;
}
