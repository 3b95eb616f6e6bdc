import type { Cluster, ClusterMove } from "#model/cluster.ts";
import type { EntityId } from "#model/entity.ts";
import type { Relation } from "#model/relation.ts";
import { lastingBranches } from "./excess-of-mass.ts";
import { type Branch, distanceOf, singleLinkage } from "./linkage.ts";
import { commonWords, groupName, objectIdOf } from "./shared-name.ts";

export interface ClusterOptions {
  /** Friendly names of all entities, those without one under their object id. */
  readonly names?: ReadonlyMap<EntityId, string>;
  /** Those found before, which keep their ids. */
  readonly before?: readonly Cluster[];
}

export interface Clusters {
  /** Largest first. */
  readonly clusters: readonly Cluster[];
  readonly moves: readonly ClusterMove[];
}

/** Below this correlation nothing belongs together. */
const weakestLink = 0.8;
/** A cluster is the same as before when they have at least this share of all their members in common (Jaccard). */
const same = 0.3;

/** Groups of entities that move together: single linkage on the correlation of their values, each group cut where it is most lasting. */
export function findClusters(
  relations: readonly Relation[],
  { names = new Map(), before = [] }: ClusterOptions = {},
): Clusters {
  const strong = relations.filter(({ r, proven }) => proven && Math.abs(r) >= weakestLink);
  const entityIds = [...new Set(strong.flatMap(({ a, b }) => [a, b]))].toSorted();
  const indexOf = new Map(entityIds.map((entityId, index) => [entityId, index]));
  const pairs = strong.map(({ a, b, r }) => ({
    a: indexOf.get(a) as number,
    b: indexOf.get(b) as number,
    likeness: Math.abs(r),
  }));
  const strength = new Map<EntityId, number>();
  for (const { a, b, r } of strong) {
    for (const entityId of [a, b]) strength.set(entityId, (strength.get(entityId) ?? 0) + Math.abs(r));
  }
  const common = commonWords([...names.values()]);
  const branches = lastingBranches(singleLinkage(entityIds.length, pairs), distanceOf(weakestLink));
  const found = branches.map((branch) => describe(branch, entityIds, strength));
  const nameOf = (members: readonly EntityId[]): string =>
    groupName(
      members.map((entityId) => names.get(entityId) ?? objectIdOf(entityId)),
      common,
    );
  const clusters = withIds(found, before)
    .map((cluster) => ({ ...cluster, name: nameOf(cluster.members) }))
    .toSorted((a, b) => b.members.length - a.members.length || (a.id < b.id ? -1 : 1));
  return { clusters, moves: movesBetween(before, clusters) };
}

type Unnamed = Omit<Cluster, "id" | "name">;

function describe(
  { items, distance }: Branch,
  entityIds: readonly EntityId[],
  strength: ReadonlyMap<EntityId, number>,
): Unnamed {
  const members = items
    .map((item) => entityIds[item] as EntityId)
    .toSorted((a, b) => (strength.get(b) ?? 0) - (strength.get(a) ?? 0) || (a < b ? -1 : 1));
  return { members, weakest: 1 - distance ** 2 };
}

/** The best matches keep their ids, each id once; others are called after their most typical member. */
function withIds(found: readonly Unnamed[], before: readonly Cluster[]): Omit<Cluster, "name">[] {
  const matches = found
    .flatMap((cluster, index) =>
      before.map((old) => ({ index, id: old.id, overlap: jaccard(cluster.members, old.members) })),
    )
    .filter(({ overlap }) => overlap >= same)
    .toSorted((a, b) => b.overlap - a.overlap);
  const ids = new Map<number, string>();
  const taken = new Set<string>();
  for (const { index, id } of matches) {
    if (ids.has(index) || taken.has(id)) continue;
    ids.set(index, id);
    taken.add(id);
  }
  return found.map((cluster, index) => {
    const id = ids.get(index) ?? freeId(objectIdOf(cluster.members[0] as EntityId), taken);
    taken.add(id);
    return { id, ...cluster };
  });
}

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? wanted : `${wanted}_${number}`;
    if (!taken.has(id)) return id;
  }
}

function jaccard(a: readonly EntityId[], b: readonly EntityId[]): number {
  const others = new Set(b);
  const common = a.filter((entityId) => others.has(entityId)).length;
  return common / (a.length + b.length - common);
}

function movesBetween(before: readonly Cluster[], now: readonly Cluster[]): ClusterMove[] {
  const was = clusterOf(before);
  const is = clusterOf(now);
  return [...new Set([...was.keys(), ...is.keys()])].toSorted().flatMap((entityId) => {
    const [from, to] = [was.get(entityId), is.get(entityId)];
    if (from === to) return [];
    return [{ entityId, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}

function clusterOf(clusters: readonly Cluster[]): ReadonlyMap<EntityId, string> {
  return new Map(clusters.flatMap(({ id, members }) => members.map((entityId) => [entityId, id])));
}
