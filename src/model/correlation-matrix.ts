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

/** A matrix in one byte a pair. */
export interface PackedMatrix {
  readonly entityIds: readonly EntityId[];
  /** Of each pair once, row by row right of the diagonal: r · 127, and -128 where it is not known. */
  readonly pairs: Int8Array;
  /** ms since 1970. */
  readonly computedAt: number;
}

const unit = 127;
const notKnown = -128;

/** Every r to 0.004. */
export function packMatrix({ entityIds, values, computedAt }: CorrelationMatrix): PackedMatrix {
  const count = entityIds.length;
  const pairs = new Int8Array((count * (count - 1)) / 2);
  let next = 0;
  for (let row = 0; row < count; row += 1) {
    for (let column = row + 1; column < count; column += 1) {
      const value = values[row * count + column] as number;
      pairs[next++] = Number.isNaN(value) ? notKnown : Math.round(Math.min(1, Math.max(-1, value)) * unit);
    }
  }
  return { entityIds, pairs, computedAt };
}

/** Undefined for what is no packed matrix. */
export function unpackMatrix({ entityIds, pairs, computedAt }: PackedMatrix): CorrelationMatrix | undefined {
  if (!Array.isArray(entityIds) || !(pairs instanceof Int8Array)) return undefined;
  const count = entityIds.length;
  if (pairs.length !== (count * (count - 1)) / 2) return undefined;
  const values = new Float64Array(count * count);
  let next = 0;
  for (let row = 0; row < count; row += 1) {
    values[row * count + row] = 1;
    for (let column = row + 1; column < count; column += 1) {
      const packed = pairs[next++] as number;
      const value = packed === notKnown ? Number.NaN : packed / unit;
      values[row * count + column] = value;
      values[column * count + row] = value;
    }
  }
  return { entityIds, values, computedAt };
}
