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
  /** Share of its bus the entity takes now and would take. */
  readonly share?: number;
  readonly shareAfter?: number;
}
