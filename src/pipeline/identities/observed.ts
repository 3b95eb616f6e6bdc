import type { EntityId } from "#model/entity.ts";

/** One entity on the rows of the grid. */
export interface Observed {
  readonly entityId: EntityId;
  /** NaN where there was no value. */
  readonly values: Float64Array;
  /** Step in which it is shown, in its unit: what rounding may have taken from it. */
  readonly step: number;
  /** Standard deviation. */
  readonly deviation: number;
}

/** `resolution` as statistics know it; else single precision's. */
export function observe(entityId: EntityId, values: Float64Array, resolution: number | undefined): Observed {
  let n = 0;
  let sum = 0;
  let largest = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    n += 1;
    sum += value;
    largest = Math.max(largest, Math.abs(value));
  }
  const mean = sum / Math.max(1, n);
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  const singlePrecision = largest * 2 ** -22;
  return {
    entityId,
    values,
    step: Math.max(resolution ?? 0, singlePrecision),
    deviation: Math.sqrt(squares / Math.max(1, n)),
  };
}
