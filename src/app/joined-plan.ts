import { readCost } from "#modbus/cost-model.ts";
import { joinReads } from "#modbus/joined-reads.ts";
import type { JoinedPlan, JoinedRead } from "#model/joined-plan.ts";
import type { YamlEntity, YamlHub } from "#model/yaml-hub.ts";
import { allocate, type Claim } from "#pipeline/polling/allocate.ts";
import { ladder } from "#pipeline/polling/ladder.ts";

export interface JoinedPlanOptions {
  /** What is lost with each interval, by the entity as it stands in the configuration; the others stay as they are set. */
  readonly learned: ReadonlyMap<YamlEntity, Claim>;
  /** Share of the bus that the requests may take. */
  readonly budget: number;
  /** An observed read over an assumed one. @default 1 */
  readonly scale?: number;
  /** Requests that would spare less of the mean loss than this, all together, are left out. @default 0 */
  readonly spare?: number;
}

/** It ends by itself much sooner: each round is better than the one before. */
const mostRounds = 12;

/**
 * Requests and intervals for a hub whose neighbouring registers may be read together. Two steps take turns while it gets better: the cheapest way to cut the registers into requests at these intervals, and the
 * best intervals for these requests, of which each is worth what all of its entities gain.
 */
export function planJoined(
  hub: YamlHub,
  { learned, budget, scale = 1, spare = 0 }: JoinedPlanOptions,
): JoinedPlan | undefined {
  const known = [...learned.keys()];
  if (known.length === 0) return undefined;
  const byId = Map.groupBy(hub.entities, ({ entityId }) => entityId);
  const cost = (entity: YamlEntity): number =>
    entity.reads.reduce((sum, read) => sum + scale * readCost(hub, read).seconds, 0);
  const alone = allocate(
    known.map((entity) => ({ ...(learned.get(entity) as Claim), cost: cost(entity) })),
    budget,
    spare * known.length,
  );
  let intervals = new Map(known.map((entity, index) => [entity, alone[index] as number]));
  let best: JoinedPlan | undefined;
  for (let round = 0; round < mostRounds; round += 1) {
    const reads = joinReads(hub, (entity) => intervals.get(entity) ?? entity.interval, scale);
    const claims = reads.map((read) => claimOfRead(read, byId, learned));
    const chosen = allocate(claims, budget, spare * known.length);
    const planned = reads.map((read, index): JoinedRead => {
      const interval = chosen[index] as number;
      return { ...read, interval, share: (read.share * read.interval) / interval };
    });
    const next = new Map<YamlEntity, number>();
    for (const { entityIds, interval } of planned) {
      for (const entity of entityIds.flatMap((entityId) => byId.get(entityId) ?? [])) {
        if (learned.has(entity)) next.set(entity, Math.min(interval, next.get(entity) ?? Number.POSITIVE_INFINITY));
      }
    }
    const load = planned.reduce((sum, { share }) => sum + share, 0);
    const loss =
      known.reduce((sum, entity) => sum + lossAt(learned.get(entity) as Claim, next.get(entity) ?? 0), 0) /
      known.length;
    if (best !== undefined && !(loss < best.loss || (loss === best.loss && load < best.load))) break;
    best = { reads: planned, load, loss };
    intervals = next;
  }
  return best;
}

/** What a request is worth at each interval: the sum over its entities. One that is not known keeps it at its own interval or faster. */
function claimOfRead(
  { entityIds, interval, share }: JoinedRead,
  byId: ReadonlyMap<string, readonly YamlEntity[]>,
  learned: ReadonlyMap<YamlEntity, Claim>,
): Claim {
  const members = entityIds.flatMap((entityId) => byId.get(entityId) ?? []);
  const claims = members.map((entity) => learned.get(entity)).filter((each) => each !== undefined);
  const most = Math.min(
    ...members.map(
      (entity) =>
        learned.get(entity)?.intervals.at(-1) ?? (entity.interval > 0 ? entity.interval : Number.POSITIVE_INFINITY),
    ),
  );
  const least = Math.min(most, ...claims.map(({ intervals }) => intervals[0] ?? most));
  const possible = [...new Set([...ladder.filter((seconds) => seconds >= least && seconds < most), most])];
  return {
    intervals: possible,
    losses: possible.map((seconds) => claims.reduce((sum, claim) => sum + lossAt(claim, seconds), 0)),
    cost: share * interval,
  };
}

/** At an interval that was not looked at, the loss of the next longer one; faster than the fastest it gains no more. */
function lossAt({ intervals, losses }: Claim, seconds: number): number {
  const place = intervals.findIndex((interval) => interval >= seconds);
  return losses[place < 0 ? losses.length - 1 : place] ?? 0;
}
