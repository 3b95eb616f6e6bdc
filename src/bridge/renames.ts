import type { Entity } from "#model/entity.ts";
import type { Rename } from "#model/rename.ts";

type Found = Pick<Entity, "entityId" | "integration" | "uniqueId">;

/** Behind an id that is used only until a ring of renames is through. */
const meanwhile = "__renaming";
/** Behind the id of an entity that is gone and whose id another one has now: their histories must not become one. */
const replaced = "__replaced";

/**
 * Entities that have another id than before, in an order in which each id is free when another entity gets it; entities that swap their ids go by way of a third one. Only those with a
 * unique id can be renamed, and by it they are known again.
 */
export function renamesBetween(before: readonly Found[], now: readonly Found[]): Rename[] {
  const identityOfId = new Map(now.map((entity) => [entity.entityId, identityOf(entity)]));
  const idOf = new Map(now.map((entity) => [identityOf(entity), entity.entityId]));
  const pending = new Map<string, string>();
  for (const entity of before) {
    const to = entity.uniqueId === undefined ? undefined : idOf.get(identityOf(entity));
    if (to !== undefined && identityOfId.get(entity.entityId) !== identityOf(entity)) pending.set(entity.entityId, to);
  }
  const targets = new Set(pending.values());
  for (const { entityId } of before)
    if (targets.has(entityId) && !pending.has(entityId)) pending.set(entityId, `${entityId}${replaced}`);
  return inOrder(pending);
}

function inOrder(pending: Map<string, string>): Rename[] {
  const renames: Rename[] = [];
  while (pending.size > 0) {
    const free = [...pending].find(([, to]) => !pending.has(to));
    const [from, to] = free ?? ([...pending][0] as [string, string]);
    pending.delete(from);
    if (free === undefined) {
      // All that are left stand in rings.
      pending.set(`${from}${meanwhile}`, to);
      renames.push({ from, to: `${from}${meanwhile}` });
    } else renames.push({ from, to });
  }
  return renames;
}

/** Unique ids are so within a platform and a domain. */
function identityOf({ entityId, integration, uniqueId }: Found): string {
  return JSON.stringify([entityId.split(".")[0], integration, uniqueId ?? null]);
}
