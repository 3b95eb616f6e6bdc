import { defined } from "#core/defined.ts";
import type { EffectiveInterval } from "#model/effective-interval.ts";
import type { Entity } from "#model/entity.ts";
import type { EntityStatistics } from "#model/entity-statistics.ts";
import type { EntityOverview } from "#model/overview.ts";

/** What lists show of an entity: without what no list shows, and without the figures that are different at every moment, which of thousands of entities are megabytes. They stand in its detail. */
export interface EntityRow extends Omit<EntityOverview, "entity" | "statistics" | "interval"> {
  readonly entity: Pick<Entity, "entityId" | "name" | "unit">;
  readonly statistics?: Pick<EntityStatistics, "kind" | "samples" | "lastState" | "firstTime">;
  readonly interval?: Pick<EffectiveInterval, "seconds" | "origin">;
}

/** By overview: one that is told again is the same row. */
const rows = new WeakMap<EntityOverview, EntityRow>();

export function entityRow(overview: EntityOverview): EntityRow {
  const known = rows.get(overview);
  if (known !== undefined) return known;
  const { entity, statistics, interval, ...others } = overview;
  const row: EntityRow = {
    entity: shownOf(entity),
    ...others,
    ...(statistics === undefined ? {} : { statistics: shownStatistics(statistics) }),
    ...(interval === undefined ? {} : { interval: { seconds: interval.seconds, origin: interval.origin } }),
  };
  rows.set(overview, row);
  return row;
}

function shownOf({ entityId, name, unit }: Entity): EntityRow["entity"] {
  return defined<EntityRow["entity"]>({ entityId, name, unit });
}

function shownStatistics({ kind, samples, lastState, firstTime }: EntityStatistics): EntityRow["statistics"] & object {
  return { kind, samples, lastState, firstTime };
}
