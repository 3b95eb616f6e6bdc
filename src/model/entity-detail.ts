import type { EntityId } from "./entity.ts";
import type { IntervalRecord } from "./interval-record.ts";
import type { EntityOverview } from "./overview.ts";
import type { Pattern } from "./pattern.ts";
import type { Relation } from "./relation.ts";
import type { WindowStatistics } from "./window-statistics.ts";
import type { Place } from "./yaml-hub.ts";

/** What is too much for an overview: all that is known of one entity. */
export interface EntityDetail {
  readonly entityId: EntityId;
  readonly overview: EntityOverview;
  readonly windows: readonly WindowStatistics[];
  /** Changes an hour in each hour of the day, local time; absent while too little was seen. */
  readonly changesByHour?: readonly number[];
  readonly patterns: readonly Pattern[];
  readonly relations: readonly Relation[];
  /** Newest first. */
  readonly decisions: readonly IntervalRecord[];
  /** Where it stands in Home Assistant's configuration, and its interval there, in seconds. */
  readonly configured?: Place & { readonly interval: number; readonly isSet: boolean };
  readonly costs?: IntervalCosts;
}

/** What an entity loses when it is read less often. */
export interface IntervalCosts {
  /** `staleness`: share of the time the value shown is noticeably off; `error`: how far off it is on average, as a share of its range. */
  readonly objective: "error" | "staleness";
  /** Reads behind it. */
  readonly reads: number;
  /** It differs by chance alone, however often it is read. */
  readonly isNoise: boolean;
  /** Seconds, ascending, with the mean loss (0 to 1) and the share of the bus if it is read so often. */
  readonly points: readonly { readonly seconds: number; readonly loss: number; readonly share: number }[];
}
