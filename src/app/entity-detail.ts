import type { Wish } from "#config/wishes.ts";
import { configuredEntities } from "#modbus/configured-entities.ts";
import type { EntityDetail } from "#model/entity-detail.ts";
import type { EntityId } from "#model/entity.ts";
import type { Overview } from "#model/overview.ts";
import { intervalCosts } from "#pipeline/polling/interval-costs.ts";
import { hourProfile, ratesByHour } from "#pipeline/statistics/hour-profile.ts";
import type { Repository } from "#repository/repository.ts";
import type { Knowledge } from "./knowledge.ts";
import { formulasOf, planInput } from "./planning.ts";

const mostRelations = 8;
const mostDecisions = 50;

export interface EntityDetailOptions {
  readonly repository: Repository;
  readonly knowledge: Knowledge;
  readonly overview: Overview;
  readonly wishOf: (entityId: EntityId) => Wish;
}

/** All that is known of one entity; undefined of one that is not followed. */
export async function entityDetail(
  entityId: EntityId,
  { repository, knowledge, overview: { at: now, buses, entities }, wishOf }: EntityDetailOptions,
): Promise<EntityDetail | undefined> {
  const overview = entities.find(({ entity }) => entity.entityId === entityId);
  if (overview === undefined) return undefined;
  const behaviour = knowledge.statistics.behaviour(entityId);
  const utcOffset = -new Date(now).getTimezoneOffset() / 60;
  const changesByHour = behaviour === undefined ? undefined : ratesByHour(hourProfile(behaviour), utcOffset);
  const found = configuredEntities(knowledge.hubs)(overview.entity)?.configured;
  const serviceSeconds = buses.find(({ bus }) => bus.id === overview.busId)?.load.serviceSeconds;
  const costs =
    overview.interval === undefined || overview.statistics === undefined || serviceSeconds === undefined
      ? undefined
      : intervalCosts(
          {
            ...(await planInput(repository, overview, now, formulasOf(knowledge).get(entityId))),
            ...wishOf(entityId),
          },
          serviceSeconds,
        );
  return {
    entityId,
    overview,
    windows: knowledge.windowStatistics(entityId, now),
    ...(changesByHour === undefined ? {} : { changesByHour }),
    patterns: knowledge.findings.patterns.get(entityId) ?? [],
    relations: knowledge.findings.relations
      .filter(({ a, b, proven }) => proven && (a === entityId || b === entityId))
      .slice(0, mostRelations),
    decisions: (await repository.intervalHistory.of(entityId)).toReversed().slice(0, mostDecisions),
    ...(found === undefined
      ? {}
      : {
          configured: { file: found.file, line: found.line, interval: found.interval, isSet: found.intervalIsSet },
        }),
    ...(costs === undefined ? {} : { costs }),
  };
}
