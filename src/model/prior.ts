import type { EntityId } from "./entity.ts";

/** What somebody else counted of an entity before it was followed here. */
export interface Prior {
  readonly entityId: EntityId;
  /** Who counted. */
  readonly origin: "legacy";
  readonly polls: number;
  readonly changes: number;
  /** Seconds from poll to poll; absent when that is not known. */
  readonly seconds?: number;
}
