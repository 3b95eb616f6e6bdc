import type { EntityId } from "./entity.ts";

/** Two entities that go together. */
export interface Relation {
  readonly a: EntityId;
  readonly b: EntityId;
  /** Pearson's correlation of what both show at the same time. */
  readonly r: number;
  /** Spearman's: of the ranks, whatever the shape of the relation. */
  readonly rank: number;
  /** Pearson's correlation of their changes from one row to the next. */
  readonly change: number;
  /** Seconds by which b follows a where they agree most; negative when it goes ahead. */
  readonly lagSeconds: number;
  /** Correlation at that lag, of the changes where these go together, else of the values. */
  readonly lagged: number;
  /** Rows compared, and how many independent ones they are worth. */
  readonly n: number;
  readonly effective: number;
  /** That independent signals would look like this. */
  readonly probability: number;
  /** Whether that is beyond chance. What is not is told when it is strong: two that drift slowly may well have met once. */
  readonly proven: boolean;
}
