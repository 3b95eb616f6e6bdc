import type { EntityId } from "./entity.ts";

/** How strongly entities go together: row by row, −1 to 1, NaN where it is not known; symmetric, 1 on the diagonal. */
export interface CorrelationMatrix {
  readonly entityIds: readonly EntityId[];
  /** `entityIds.length` squared. */
  readonly values: Float64Array;
  /** ms since 1970. */
  readonly computedAt: number;
}

/** Undefined for a pair that is not in the matrix, or not known. */
export function correlationOf({ entityIds, values }: CorrelationMatrix, a: EntityId, b: EntityId): number | undefined {
  const [row, column] = [entityIds.indexOf(a), entityIds.indexOf(b)];
  const value = row < 0 || column < 0 ? undefined : values[row * entityIds.length + column];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
