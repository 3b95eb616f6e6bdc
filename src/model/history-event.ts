import type { EntityId } from "./entity.ts";

/** Something that happened to the buses or to what is known of them. */
export interface HistoryEvent {
  /** ms since 1970. */
  readonly time: number;
  readonly kind: "plan" | "configuration" | "earlier" | "gap";
  readonly title: string;
  readonly detail: string;
  /** What it was about; empty of all. */
  readonly entityIds: readonly EntityId[];
}
