import type { Bus } from "#model/bus.ts";
import { entityDomain } from "#model/entity.ts";

/** Entities of these domains are written as well as read. */
const writable: ReadonlySet<string> = new Set([
  "button",
  "climate",
  "cover",
  "fan",
  "light",
  "number",
  "select",
  "switch",
  "valve",
  "water_heater",
]);
/** What reads leave free of a bus on which somebody waits for writes. */
const headRoom = 0.3;

/** Share of a bus that its reads may take: what people allow, and less where entities are written, as a write waits for the read before it. */
export function busBudget({ entityIds }: Pick<Bus, "entityIds">, allowed: number): number {
  return entityIds.some((entityId) => writable.has(entityDomain(entityId))) ? Math.min(allowed, 1 - headRoom) : allowed;
}
