import type { EntityId } from "./entity.ts";

/** What belongs together, for a page to draw. */
export interface Related {
  /** ms since 1970; 0 before the signals were compared. */
  readonly at: number;
  /** In the order of their groups. */
  readonly entityIds: readonly EntityId[];
  /** Of each pair once, row by row right of the diagonal: r · 100 of what both show at the same time; null where it is not known. */
  readonly pairs: readonly (number | null)[];
  readonly groups: readonly {
    readonly name: string;
    readonly members: readonly EntityId[];
    readonly weakest: number;
  }[];
  /** Entities that need not be read, each with how it follows from others. */
  readonly computable: readonly { readonly entityId: EntityId; readonly formula: string; readonly rows: number }[];
  /** Proven beyond chance, the strongest first. */
  readonly relations: readonly {
    readonly a: EntityId;
    readonly b: EntityId;
    readonly r: number;
    readonly change: number;
    readonly lagSeconds: number;
    readonly n: number;
  }[];
}
