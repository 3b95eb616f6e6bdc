import type { EntityId } from "./entity.ts";

/** One way the whole site runs: what a few entities that hold a state show in it. */
export interface OperatingMode {
  /** From its states: `Compressor on, Valve at 2`. */
  readonly name: string;
  readonly states: readonly ModeState[];
  /** Of the time the site was in any mode. */
  readonly share: number;
  readonly visits: number;
  /** Median length of the visits. */
  readonly seconds: number;
  /** What differs most from the other modes, the most different first: its mean here, in its own unit. */
  readonly typical: readonly { readonly entityId: EntityId; readonly mean: number }[];
}

export interface ModeState {
  readonly entityId: EntityId;
  /** In words: `on`, `off`, `at 2`, `low`, `high`, `at rest`, `busy`. */
  readonly state: string;
}

/** How the site runs, and what follows what. */
export interface OperatingModes {
  /** The longest first. */
  readonly modes: readonly OperatingMode[];
  /** How often one followed the other, most often first; indexes of `modes`. */
  readonly transitions: readonly { readonly from: number; readonly to: number; readonly count: number }[];
  /** Share of the variance of everything else that the modes explain, on average. */
  readonly explained: number;
  /** Index of the mode at the end; absent when it is in none. */
  readonly now?: number;
}
