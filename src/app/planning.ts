import { Breath } from "#core/breathe.ts";
import type { Wish } from "#config/wishes.ts";
import { configuredEntities } from "#modbus/configured-entities.ts";
import { meanReadCost } from "#modbus/cost-model.ts";
import { busIdOf } from "#modbus/topology.ts";
import type { Bus, BusLoad } from "#model/bus.ts";
import type { EntityId } from "#model/entity.ts";
import { formulaOf } from "#model/identity.ts";
import type { JoinedPlan } from "#model/joined-plan.ts";
import type { LoadCurve } from "#model/load-curve.ts";
import type { EntityOverview } from "#model/overview.ts";
import type { PlanGain } from "#model/plan-gain.ts";
import type { PlanPreview } from "#model/plan-preview.ts";
import type { YamlEntity } from "#model/yaml-hub.ts";
import { nearestStep } from "#pipeline/polling/ladder.ts";
import { loadCurve } from "#pipeline/polling/load-curve.ts";
import { switchingKinds } from "#pipeline/polling/loss.ts";
import { type BusPlan, type LearnedEntity, learnReads, planLearned, type PlanInput } from "#pipeline/polling/plan.ts";
import { type HeldOut, holdOut, walkForward, worthNoRead } from "#pipeline/polling/walk-forward.ts";
import type { Repository } from "#repository/repository.ts";
import { planJoined } from "./joined-plan.ts";
import type { Knowledge } from "./knowledge.ts";
import { storedReads } from "./stored-reads.ts";

/** A morning says little of an afternoon: a plan is judged from so much on. */
const judgedFrom = 86_400_000;

export interface PlanningOptions {
  readonly repository: Repository;
  readonly knowledge: Knowledge;
  /** ms since 1970. */
  readonly now: number;
  /** Share of each bus that reads may take. */
  readonly budget: number;
  /** What people want of single entities. @default nothing */
  readonly wishOf?: (entityId: EntityId) => Wish;
  /** Gives up, with nothing, once it says so. */
  readonly isCancelled?: () => boolean;
  /** Told the share that is done. */
  readonly progress?: (share: number) => void;
}

/** A plan for each bus, made of what is stored; everything else runs meanwhile. Entities that nobody was seen to read, and those that the drive reads, have none. */
export async function planBuses({
  repository,
  knowledge,
  now,
  budget,
  wishOf = () => ({}),
  isCancelled = () => false,
  progress,
}: PlanningOptions): Promise<ReadonlyMap<string, BusPlan> | undefined> {
  const formulas = formulasOf(knowledge);
  const { buses, entities: all } = knowledge.describe(now, budget);
  const breath = new Breath();
  const byBus = Map.groupBy(all, ({ busId }) => busId);
  const learnedOf = new Map<string, readonly LearnedEntity[]>();
  const plans = new Map<string, BusPlan>();
  let done = 0;
  for (const { bus, load, budget: share } of buses) {
    const read = (byBus.get(bus.id) ?? []).filter(
      ({ interval, statistics, drivenSeconds }) =>
        interval !== undefined && statistics !== undefined && drivenSeconds === undefined,
    );
    const present = read.reduce((sum, { interval }) => sum + 1 / (interval?.seconds ?? Number.POSITIVE_INFINITY), 0);
    // As many reads as now: what is gained is gained for nothing.
    const readsPerSecond = Math.min(present, share / load.serviceSeconds);
    const stretch = present / readsPerSecond;
    const learned: LearnedEntity[] = [];
    const heldOut: HeldOut[] = [];
    let judgedReads = readsPerSecond;
    for (const overview of read) {
      const { entityId } = overview.entity;
      const input = {
        ...(await planInput(repository, overview, now, formulas.get(entityId))),
        ...wishOf(entityId),
      };
      await breath.take();
      learned.push(learnReads(input));
      await breath.take();
      const { first = now } = repository.samples.extent(input.entityId) ?? {};
      const held = now - first < judgedFrom ? undefined : holdOut(input, input.present * stretch);
      if (held === undefined) judgedReads -= 1 / (input.present * stretch);
      else heldOut.push(held);
      await breath.take();
      done += 1;
      progress?.(done / all.length);
      if (isCancelled()) return undefined;
    }
    if (learned.length === 0) continue;
    const gain = walkForward(heldOut, judgedReads, worthNoRead);
    await breath.take();
    const previous = new Map(
      knowledge.plans.get(bus.id)?.entities.map(({ entityId, proposed }) => [entityId, nearestStep(proposed)]),
    );
    const entities = planLearned(learned, readsPerSecond, { spare: worthNoRead, previous });
    const joined = joinedOf(knowledge, bus, learned, { budget: readsPerSecond * load.serviceSeconds, load });
    learnedOf.set(bus.id, learned);
    const curve = gain && (await curveOf(heldOut, { gain, judgedReads, serviceSeconds: load.serviceSeconds }, breath));
    plans.set(bus.id, {
      entities,
      ...(gain === undefined ? {} : { gain }),
      ...(joined === undefined ? {} : { joined }),
      ...(curve === undefined ? {} : { curve }),
    });
    await breath.take();
  }
  knowledge.learned = learnedOf;
  return plans;
}

async function curveOf(
  heldOut: readonly HeldOut[],
  {
    gain: { loss, lossAfter, readsAfter },
    judgedReads,
    serviceSeconds,
  }: { readonly gain: PlanGain; readonly judgedReads: number; readonly serviceSeconds: number },
  breath: Breath,
): Promise<LoadCurve | undefined> {
  const work = loadCurve(heldOut, {
    serviceSeconds,
    present: { reads: judgedReads, loss },
    proposed: { reads: judgedReads * readsAfter, loss: lossAfter },
  });
  for (let next = work.next(); ; next = work.next()) {
    if (next.done === true) return next.value;
    await breath.take();
  }
}

/** The plan for a bus if its reads took this share of it; undefined of a bus without a plan. Nothing is changed. */
export function planPreview(knowledge: Knowledge, busId: string, share: number): PlanPreview | undefined {
  const learned = knowledge.learned.get(busId);
  const bus = knowledge.buses.find(({ id }) => id === busId);
  if (learned === undefined || bus === undefined) return undefined;
  const serviceSeconds = knowledge.serviceSeconds(bus);
  const planned = planLearned(learned, share / serviceSeconds, { spare: worthNoRead });
  return {
    busId,
    share,
    shareAfter: planned.reduce((sum, { proposed }) => sum + serviceSeconds / proposed, 0),
    changes: planned.filter(({ present, proposed }) => present !== proposed),
  };
}

/** Undefined where the bus is none of the configuration's hubs. */
function joinedOf(
  { hubs, entities }: Knowledge,
  { id }: Bus,
  learned: readonly LearnedEntity[],
  { budget, load }: { readonly budget: number; readonly load: BusLoad },
): JoinedPlan | undefined {
  const hub = hubs.find((each) => busIdOf(each) === id);
  if (hub === undefined) return undefined;
  const configuredAs = configuredEntities([hub]);
  const known = new Map(entities.map((entity) => [entity.entityId, entity]));
  const claims = new Map<YamlEntity, LearnedEntity>();
  for (const each of learned) {
    const entity = known.get(each.input.entityId);
    const configured = entity === undefined ? undefined : configuredAs(entity)?.configured;
    if (configured !== undefined && each.loss !== undefined) claims.set(configured, each);
  }
  const scale = load.serviceOrigin === "observed" ? load.serviceSeconds / meanReadCost(hub).seconds : 1;
  return planJoined(hub, { learned: claims, budget, scale, spare: worthNoRead });
}

/** What each entity can be computed from, in a formula. */
export function formulasOf(knowledge: Knowledge): ReadonlyMap<string, string> {
  return new Map(
    knowledge.findings.identities.map((identity) => [identity.entityId, formulaOf(identity, (entityId) => entityId)]),
  );
}

/** What reads of an entity showed; it must have an interval. */
export async function planInput(
  repository: Repository,
  { entity: { entityId }, interval, statistics, refreshSeconds }: EntityOverview,
  now: number,
  formula: string | undefined,
): Promise<PlanInput> {
  const seconds = interval?.seconds ?? 1;
  return {
    entityId,
    present: seconds,
    reads: await storedReads(repository, entityId, seconds, now),
    objective: switchingKinds.has(statistics?.kind ?? "") ? "staleness" : "error",
    ...(refreshSeconds === undefined ? {} : { refresh: refreshSeconds }),
    ...(formula === undefined ? {} : { formula }),
  };
}
