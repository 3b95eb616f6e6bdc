import type { ServiceCall } from "#bridge/service-call.ts";
import { matchesAny } from "#core/glob.ts";
import type { Config } from "#config/options.ts";
import { wishesOf } from "#config/wishes.ts";
import type { Turns } from "#drive/ports.ts";
import { normalize } from "#ingest/normalize.ts";
import { busBudget } from "#modbus/bus-budget.ts";
import { configuredEntities } from "#modbus/configured-entities.ts";
import type { Bus } from "#model/bus.ts";
import type { BusDrive, DrivenEntity, DriveTarget } from "#model/drive.ts";
import type { EntityId } from "#model/entity.ts";
import type { BusOverview } from "#model/overview.ts";
import { switchingKinds } from "#pipeline/polling/loss.ts";
import { valueOf } from "#pipeline/polling/polled-grid.ts";
import { ReadScheduler } from "#pipeline/polling/read-scheduler.ts";
import type { Repository } from "#repository/repository.ts";
import type { Knowledge } from "./knowledge.ts";
import { storedReads } from "./stored-reads.ts";

/** Other integrations read a whole device when one entity is asked for, and not more often than this; seconds. */
const leastOfOthers = 10;
/** ms between two fits of what was learned. */
const refitEvery = 60_000;
const longestLag = 512;
const newestReads = 2_000;

/** What there is to drive: entities that Home Assistant reads only on demand, and those named; and what the others leave of each bus's budget. */
export function driveTargets(knowledge: Knowledge, config: Config, budget: number): DriveTarget[] {
  const configuredAs = configuredEntities(knowledge.hubs);
  const isNamed = matchesAny(config.drive_entities);
  const isWanted = matchesAny(config.drive_wanted);
  const wishOf = wishesOf(config);
  const known = new Map(knowledge.entities.map((entity) => [entity.entityId, entity]));
  return knowledge.buses.flatMap((bus) => {
    const serviceSeconds = knowledge.serviceSeconds(bus);
    const entities: DrivenEntity[] = [];
    let others = 0;
    for (const entityId of bus.entityIds) {
      const entity = known.get(entityId);
      const configured = entity?.integration === "modbus" ? configuredAs(entity)?.configured : undefined;
      if (entity === undefined || !(configured?.interval === 0 || isNamed(entityId))) {
        const seconds = knowledge.interval(entityId)?.seconds ?? configured?.interval;
        if (seconds !== undefined && seconds > 0) others += serviceSeconds / seconds;
        continue;
      }
      const wish = wishOf(entityId);
      const least = Math.max(config.drive_least_interval, wish.least ?? 0);
      entities.push({
        entityId,
        ...(configured === undefined ? {} : { unit: configured.unit }),
        wanted: isWanted(entityId),
        least: entity.integration === "modbus" ? least : Math.max(least, leastOfOthers),
        ...(wish.most === undefined ? {} : { most: wish.most }),
      });
    }
    const allowance = Math.max(0, Math.min(config.drive_budget, busBudget(bus, budget) - others));
    return entities.length === 0 ? [] : [{ busId: bus.id, entities, allowance, serviceSeconds }];
  });
}

/** The pipeline's scheduler, with what stored changes say of the past. `tick` in ms, `now` in ms since 1970. */
export async function driveTurns(
  { entities, serviceSeconds, allowance }: DriveTarget,
  tick: number,
  {
    repository,
    knowledge,
    now,
  }: { readonly repository: Repository; readonly knowledge: Knowledge; readonly now: number },
): Promise<Turns> {
  const scheduler = new ReadScheduler({
    entities: entities.map(({ entityId, wanted }) => ({
      objective: switchingKinds.has(knowledge.kindOf(entityId, now) ?? "") ? "staleness" : "error",
      wanted,
    })),
    readsPerTick: Math.max(1e-3, ((allowance / serviceSeconds) * tick) / 1_000),
    aged: true,
    refitEvery: Math.ceil(refitEvery / tick),
    longest: longestLag,
  });
  for (const [index, { entityId }] of entities.entries()) {
    const seconds = knowledge.interval(entityId)?.seconds;
    if (seconds === undefined) continue;
    const reads = (await storedReads(repository, entityId, seconds, now)).slice(-newestReads);
    const last = reads.at(-1)?.tick ?? 0;
    // They lie in the past of tick 0, and no two in the same tick.
    const ticks = reads.map((read) => ({ ...read, tick: Math.floor(((read.tick - last) * 1_000) / tick) - 1 }));
    const past = ticks.filter((read, at) => at === 0 || read.tick > (ticks[at - 1]?.tick ?? 0));
    // Texts are numbered anew from here on, and nobody knows how long ago the past ended: nothing is compared across.
    scheduler.learn(index, [...past, { tick: past.at(-1)?.tick ?? -1, value: Number.NaN }]);
  }
  return scheduler;
}

/** Values of an entity as numbers: each different text gets one. NaN for no value. */
export function valuesOf(): (entityId: EntityId, state: string | undefined) => number {
  const texts = new Map<EntityId, Map<string, number>>();
  return (entityId, state) => {
    const reading = state === undefined ? undefined : normalize({ entityId, time: 0, state });
    if (reading === undefined) return Number.NaN;
    const known = texts.get(entityId) ?? new Map<string, number>();
    texts.set(entityId, known);
    return valueOf(reading, known);
  };
}

/** The buses that a call writes to; none of one that only reads. */
export function busesWrittenTo(call: ServiceCall, buses: readonly Bus[]): readonly Bus[] {
  const { domain, service, entityIds, hub } = call;
  if (domain === "homeassistant" && service === "update_entity") return [];
  if (domain === "modbus") return buses.filter(({ name }) => hub === undefined || name === hub);
  const named = new Set(entityIds);
  return buses.filter((bus) => bus.entityIds.some((entityId) => named.has(entityId)));
}

/** The buses, with what the drive does on each. */
export function withDrive(buses: readonly BusOverview[], drives: readonly BusDrive[]): readonly BusOverview[] {
  const byBus = new Map(drives.map((each) => [each.busId, each]));
  return buses.map((each) => {
    const drive = byBus.get(each.bus.id);
    return drive === undefined ? each : { ...each, drive };
  });
}
