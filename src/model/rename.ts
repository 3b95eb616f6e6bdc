import type { EntityId } from "./entity.ts";

/** An entity that goes on under another id: what is known of it goes with it. */
export interface Rename {
  readonly from: EntityId;
  readonly to: EntityId;
}
