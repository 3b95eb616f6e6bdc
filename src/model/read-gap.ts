import type { EntityId } from "./entity.ts";

/** Two reads of an entity with none in between, in ms since 1970. */
export interface ReadGap {
  readonly entityId: EntityId;
  readonly from: number;
  readonly to: number;
}
