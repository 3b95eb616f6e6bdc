import type { EntityId } from "#model/entity.ts";
import type { Findings } from "#model/findings.ts";
import { formulaOf } from "#model/identity.ts";
import type { Related } from "#model/related.ts";

/** A page cannot show more names than this. */
const mostEntities = 150;
const mostRelations = 200;

/** Findings for a page: members of groups side by side, those in none behind them. */
export function relatedOf(
  { at, matrix, clusters, identities, relations }: Findings,
  nameOf: (entityId: EntityId) => string,
): Related {
  const grouped = clusters.flatMap(({ members }) => members);
  const rank = new Map(grouped.map((entityId, index) => [entityId, index]));
  const rankOf = (entityId: EntityId): number => rank.get(entityId) ?? grouped.length;
  const entityIds = (matrix?.entityIds ?? [])
    .toSorted((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b, "en"))
    .slice(0, mostEntities);
  const placeOf = new Map(matrix?.entityIds.map((entityId, index) => [entityId, index]));
  const width = matrix?.entityIds.length ?? 0;
  const pairs: (number | null)[] = [];
  for (const [row, a] of entityIds.entries()) {
    for (const b of entityIds.slice(row + 1)) {
      const r = matrix?.values[(placeOf.get(a) as number) * width + (placeOf.get(b) as number)] ?? Number.NaN;
      pairs.push(Number.isNaN(r) ? null : Math.round(r * 100));
    }
  }
  return {
    at,
    entityIds,
    pairs,
    groups: clusters.map(({ name, members, weakest }) => ({ name, members, weakest })),
    computable: identities.map((identity) => ({
      entityId: identity.entityId,
      formula: formulaOf(identity, nameOf),
      rows: identity.n,
    })),
    relations: relations
      .filter(({ proven }) => proven)
      .slice(0, mostRelations)
      .map(({ a, b, r, change, lagSeconds, n }) => ({ a, b, r, change, lagSeconds, n })),
  };
}
