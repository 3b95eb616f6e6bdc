import type { Entity } from "#model/entity.ts";
import type { Rename } from "#model/rename.ts";

type Found = Pick<Entity, "entityId" | "integration" | "uniqueId">;

/**
 * Entities that have another id than before. Only those with a unique id can be renamed, and by it they are known again; an id that is still in use was not
 * renamed but is shown twice.
 */
export function renamesBetween(before: readonly Found[], now: readonly Found[]): Rename[] {
  const inUse = new Set(now.map(({ entityId }) => entityId));
  const byUniqueId = new Map(now.map((entity) => [identityOf(entity), entity.entityId]));
  return before.flatMap((entity) => {
    const to = entity.uniqueId === undefined ? undefined : byUniqueId.get(identityOf(entity));
    return to === undefined || inUse.has(entity.entityId) ? [] : [{ from: entity.entityId, to }];
  });
}

/** Unique ids are so within a platform and a domain. */
function identityOf({ entityId, integration, uniqueId }: Found): string {
  return JSON.stringify([entityId.split(".")[0], integration, uniqueId ?? null]);
}
