import type { EffectiveInterval } from "#model/effective-interval.ts";
import type { EntityStatistics } from "#model/entity-statistics.ts";
import type { EntityOverview } from "#model/overview.ts";

/** What lists show of an entity: without the figures that are different at every moment, which of thousands of entities are megabytes. They stand in its detail. */
export interface EntityRow extends Omit<EntityOverview, "statistics" | "interval"> {
  readonly statistics?: Pick<EntityStatistics, "kind" | "samples" | "lastState" | "firstTime">;
  readonly interval?: Pick<EffectiveInterval, "seconds" | "origin">;
}

/** By overview: one that is told again is the same row. */
const rows = new WeakMap<EntityOverview, EntityRow>();

export function entityRow(overview: EntityOverview): EntityRow {
  const known = rows.get(overview);
  if (known !== undefined) return known;
  const { statistics, interval, ...others } = overview;
  const row: EntityRow = {
    ...others,
    ...(statistics === undefined ? {} : { statistics: shownOf(statistics) }),
    ...(interval === undefined ? {} : { interval: { seconds: interval.seconds, origin: interval.origin } }),
  };
  rows.set(overview, row);
  return row;
}

function shownOf({ kind, samples, lastState, firstTime }: EntityStatistics): EntityRow["statistics"] & object {
  return { kind, samples, lastState, firstTime };
}
