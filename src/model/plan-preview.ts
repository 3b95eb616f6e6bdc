import type { EntityId } from "./entity.ts";

/** What a plan would be if the reads of a bus took another share of it. Intervals in seconds. */
export interface PlanPreview {
  readonly busId: string;
  /** Share of the bus that was asked for, and what the plan takes of it. */
  readonly share: number;
  readonly shareAfter: number;
  /** Only what it changes. */
  readonly changes: readonly {
    readonly entityId: EntityId;
    readonly present: number;
    readonly proposed: number;
    readonly loss?: number;
    readonly lossAfter?: number;
    readonly reason: string;
  }[];
}
