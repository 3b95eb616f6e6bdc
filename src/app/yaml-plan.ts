import { predictClosedLoop } from "#modbus/closed-loop.ts";
import { joinReads } from "#modbus/joined-reads.ts";
import { meanReadCost, type ReadCost, readCost } from "#modbus/cost-model.ts";
import type { Bus } from "#model/bus.ts";
import { busIdOf } from "#modbus/topology.ts";
import type { JoinedRead } from "#model/joined-plan.ts";
import type { BusOverview, EntityOverview } from "#model/overview.ts";
import type { YamlConfiguration, YamlEntity, YamlHub } from "#model/yaml-hub.ts";
import { stepUp } from "#pipeline/polling/ladder.ts";

/** One entity of the configuration, what its interval does to it, and what is proposed. Seconds. */
export interface PlannedEntity {
  readonly entity: YamlEntity;
  /** Name of its hub. */
  readonly bus: string;
  /** Between two reads, as the bus will allow; absent for what is never read by itself. */
  readonly predicted?: number;
  readonly proposed: number;
  readonly reason: string;
  /** Share of the bus that its reads ask for. */
  readonly share: number;
}

export interface PlannedBus {
  readonly name: string;
  readonly type: Bus["type"];
  readonly entities: number;
  /** That the intervals ask for. */
  readonly requestsPerSecond: number;
  /** Share of the bus that they ask for; above 1 it cannot be given. */
  readonly demand: number;
  /** Share of time the bus will be busy. */
  readonly utilisation: number;
  readonly demandAfter: number;
  readonly utilisationAfter: number;
  /** Of one read, mean over what is asked for. */
  readonly cost: ReadCost;
  /** The proposed reads as an integration would make them that joins neighbours; Home Assistant's own reads each entity for itself. */
  readonly joined: readonly JoinedRead[];
  readonly sentence: string;
}

export interface YamlPlan {
  readonly buses: readonly PlannedBus[];
  /** In the order of the configuration. */
  readonly entities: readonly PlannedEntity[];
}

/** What was seen of the home, nothing of one that was never followed. */
export interface KnownHome {
  readonly entities: readonly EntityOverview[];
  readonly buses: readonly BusOverview[];
  /** Share of each bus that reads may take. */
  readonly budget: number;
}

const namedReads = 3;
/** How well an observed read is known: distances within this share of each other were taken for the same. */
const observedTo = 0.075;

/** What the configuration asks of each bus, and an interval for each entity: the advice where the entity was seen; else, on a bus that is asked for too much, longer ones for all alike. */
export function planYaml({ hubs }: YamlConfiguration, { entities: known, buses, budget }: KnownHome): YamlPlan {
  const find = finder(known);
  const joinedOf = (hub: YamlHub): BusOverview["joined"] => buses.find(({ bus }) => bus.id === busIdOf(hub))?.joined;
  const plans = hubs.map((hub) =>
    planHub(hub, { find, budget, observed: observedCost(hub, hubs, buses), joined: joinedOf(hub) }),
  );
  return { buses: plans.map(({ bus }) => bus), entities: plans.flatMap(({ entities }) => entities) };
}

/** Where an entity stands: two may have the same name. */
export function placeOf({ file, line, domain, name }: YamlEntity): string {
  return `${file}:${line} ${domain} ${name}`;
}

interface HubOptions {
  readonly find: (entity: YamlEntity) => EntityOverview | undefined;
  readonly budget: number;
  /** Of a read, where it was seen. */
  readonly observed: ReadCost | undefined;
  /** Requests and intervals that were chosen together, where something is known of the entities. */
  readonly joined: BusOverview["joined"];
}

function planHub(
  hub: YamlHub,
  { find, budget, observed, joined }: HubOptions,
): { readonly bus: PlannedBus; readonly entities: readonly PlannedEntity[] } {
  const cost = observed ?? meanReadCost(hub);
  const scale = cost.seconds / meanReadCost(hub).seconds;
  const costs = hub.entities.map(({ reads }) =>
    reads.reduce((sum, read) => sum + scale * readCost(hub, read).seconds, 0),
  );
  const before = loopOf(hub, costs, ({ interval }) => interval);
  const excess = before.demand / budget;
  const proposals = hub.entities.map((entity) => propose(entity, find(entity), excess, hub.name));
  const entities = hub.entities.map((entity, index): PlannedEntity => {
    const effective = before.effective[index] as number;
    const isPolled = entity.interval > 0 && entity.reads.length > 0;
    return {
      entity,
      bus: hub.name,
      ...(isPolled ? { predicted: effective } : {}),
      ...(proposals[index] as ReturnType<typeof propose>),
      share: isPolled ? (costs[index] as number) / entity.interval : 0,
    };
  });
  const proposed = new Map(entities.map((each) => [each.entity, each.proposed]));
  const after = loopOf(hub, costs, (entity) => proposed.get(entity) ?? entity.interval);
  const requestsPerSecond = hub.entities.reduce(
    (sum, { interval, reads }) => sum + (interval > 0 ? reads.length / interval : 0),
    0,
  );
  const bus: PlannedBus = {
    name: hub.name,
    type: hub.type,
    entities: hub.entities.length,
    requestsPerSecond,
    demand: before.demand,
    utilisation: before.utilisation,
    demandAfter: after.demand,
    utilisationAfter: after.utilisation,
    cost,
    joined: joined?.reads ?? joinReads(hub, (entity) => proposed.get(entity) ?? entity.interval, scale),
    sentence: "",
  };
  return { bus: { ...bus, sentence: sentenceOf(bus, entities, budget) }, entities };
}

function loopOf(
  { entities }: YamlHub,
  costs: readonly number[],
  intervalOf: (entity: YamlEntity) => number,
): ReturnType<typeof predictClosedLoop> {
  return predictClosedLoop(
    entities.map((entity, index) => ({
      interval: entity.reads.length === 0 ? 0 : intervalOf(entity),
      seconds: costs[index] as number,
    })),
  );
}

function propose(
  { interval, reads }: YamlEntity,
  known: EntityOverview | undefined,
  excess: number,
  bus: string,
): { readonly proposed: number; readonly reason: string } {
  if (reads.length === 0) return { proposed: interval, reason: "Is written and never read." };
  if (interval === 0) return { proposed: interval, reason: "Is read only when somebody asks for it." };
  const { advice } = known ?? {};
  if (advice?.recommended !== undefined) {
    return { proposed: advice.action === "keep" ? interval : advice.recommended, reason: advice.reason };
  }
  const reason = advice?.reason ?? "Nothing is known yet of what it does.";
  if (!(excess > 1)) return { proposed: interval, reason };
  return {
    proposed: stepUp(interval * excess),
    reason: `${reason} ${bus} is asked for too much, so all are read less often.`,
  };
}

/** Of the bus that is this hub: by its id, or as the only one of its kind. */
function observedCost(hub: YamlHub, hubs: readonly YamlHub[], buses: readonly BusOverview[]): ReadCost | undefined {
  const observed = buses.filter(({ load }) => load.serviceOrigin === "observed");
  const [first, ...others] = observed.filter(({ bus }) => bus.id === busIdOf(hub));
  const only = hubs.length === 1 && observed.length === 1 ? observed[0] : undefined;
  const seconds = (others.length === 0 ? (first ?? only) : undefined)?.load.serviceSeconds;
  return seconds === undefined
    ? undefined
    : { seconds, low: seconds * (1 - observedTo), high: seconds * (1 + observedTo) };
}

/** By entity id, else by the unique id or the name that stand in the configuration. */
function finder(known: readonly EntityOverview[]): (entity: YamlEntity) => EntityOverview | undefined {
  const byId = new Map(known.map((each) => [each.entity.entityId, each]));
  const byUniqueId = new Map(known.map((each) => [each.entity.uniqueId ?? "", each]));
  const byName = new Map(known.map((each) => [each.entity.name, each]));
  return ({ entityId, uniqueId, name }) =>
    (uniqueId === undefined ? undefined : byUniqueId.get(uniqueId)) ?? byId.get(entityId) ?? byName.get(name);
}

function sentenceOf(bus: PlannedBus, entities: readonly PlannedEntity[], budget: number): string {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  if (bus.requestsPerSecond === 0) return `Nothing on ${bus.name} is read by itself.`;
  const dearest = entities
    .toSorted((a, b) => b.share - a.share)
    .slice(0, namedReads)
    .map(({ entity, share }) => `${entity.name} (${percent(share)})`);
  const list = new Intl.ListFormat("en").format(dearest);
  const asked = `${bus.name} is asked for ${Number(bus.requestsPerSecond.toPrecision(3))} reads a second`;
  if (bus.demand > 1) {
    const can = Number((1 / bus.cost.seconds).toPrecision(2));
    return `${asked} and can do about ${can}: values come later than they were set to. Most is asked for ${list}.`;
  }
  if (bus.demand > budget) {
    return `${asked}: that takes ${percent(bus.demand)} of it, more than the ${percent(budget)} it should be. Most is asked for ${list}.`;
  }
  return `${asked}: that takes ${percent(bus.demand)} of it.`;
}
