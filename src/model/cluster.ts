import type { EntityId } from "./entity.ts";

/** Entities that move together. */
export interface Cluster {
  /** Stays when the cluster is found again, also with a few members more or less. */
  readonly id: string;
  /** From what the members' names share; else the most typical one's id. */
  readonly name: string;
  /** The most typical one first. */
  readonly members: readonly EntityId[];
  /** Correlation at which the last member joined. */
  readonly weakest: number;
}

/** What changed since the clusters were found before. */
export interface ClusterMove {
  readonly entityId: EntityId;
  /** Absent: it was in none, or is in none now. */
  readonly from?: string;
  readonly to?: string;
}
