import type { EntityId } from "#model/entity.ts";
import { knownMean } from "../correlation/known-mean.ts";

/** One entity on the rows of the grid. */
export interface Observed {
  readonly entityId: EntityId;
  /** NaN where there was no value. May be computed each time it is asked for: see `held`. */
  readonly values: Float64Array;
  /** Step in which it is shown, in its unit: what rounding may have taken from it. */
  readonly step: number;
  /** Standard deviation. */
  readonly deviation: number;
}

/** `resolution` as statistics know it; else single precision's. */
export function observe(entityId: EntityId, values: Float64Array, resolution: number | undefined): Observed {
  return observeFrom(entityId, () => values, resolution);
}

/** As `observe`, of values that are not kept. */
export function observeFrom(
  entityId: EntityId,
  valuesOf: () => Float64Array,
  resolution: number | undefined,
): Observed {
  const values = valuesOf();
  const { mean, count } = knownMean(values);
  let squares = 0;
  let largest = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    squares += (value - mean) ** 2;
    largest = Math.max(largest, Math.abs(value));
  }
  const singlePrecision = largest * 2 ** -22;
  return {
    entityId,
    get values() {
      return valuesOf();
    },
    step: Math.max(resolution ?? 0, singlePrecision),
    deviation: Math.sqrt(squares / Math.max(1, count)),
  };
}

/** With its values at hand, as long as this is. */
export function held(observed: Observed): Observed {
  return { ...observed, values: observed.values };
}
