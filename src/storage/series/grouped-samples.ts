import type { States } from "./states.ts";

/** Samples of several series; those of one series stand behind one another, in time order, from `begin` to before `end`. */
export interface GroupedSamples {
  readonly times: Float64Array;
  readonly states: States;
  readonly groups: readonly { readonly seriesId: number; readonly begin: number; readonly end: number }[];
}
