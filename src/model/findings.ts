import type { Cluster, ClusterMove } from "./cluster.ts";
import type { CorrelationMatrix } from "./correlation-matrix.ts";
import type { EntityId } from "./entity.ts";
import type { Identity } from "./identity.ts";
import type { OperatingModes } from "./operating-mode.ts";
import type { Pattern } from "./pattern.ts";
import type { Relation } from "./relation.ts";

/** What was found out about signals and between them, at one moment. */
export interface Findings {
  /** ms since 1970. */
  readonly at: number;
  /** Of each entity, the most telling first; absent for one that shows none. */
  readonly patterns: ReadonlyMap<EntityId, readonly Pattern[]>;
  /** Proven ones first, then strongest first. */
  readonly relations: readonly Relation[];
  /** Absent when there are too many entities for it. */
  readonly matrix?: CorrelationMatrix;
  /** Largest first. */
  readonly clusters: readonly Cluster[];
  readonly moves: readonly ClusterMove[];
  readonly identities: readonly Identity[];
  /** Absent when nothing on the site goes by states. */
  readonly modes?: OperatingModes;
  /** Times in which no entity was watched, ms since 1970, [from, to). */
  readonly unwatched: readonly Unwatched[];
}

export interface Unwatched {
  readonly from: number;
  readonly to: number;
}

export const noFindings: Findings = {
  at: 0,
  patterns: new Map(),
  relations: [],
  clusters: [],
  moves: [],
  identities: [],
  unwatched: [],
};
