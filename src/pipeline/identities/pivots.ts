import type { Observed } from "./observed.ts";

const cells = 24;
/** Share of the pivots in which one of the entities may have been read a moment earlier or later. */
const fewSpoilt = 0.09;

/** Rows in which the entity shows values far from each other, ascending, one for each part of its range: where a formula fails, it fails here. */
export function pivotsOf({ values }: Observed): readonly number[] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, Number.isNaN(value) ? least : value);
    greatest = Math.max(greatest, Number.isNaN(value) ? greatest : value);
  }
  const rows = new Map<number, number>();
  for (const [row, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const cell = Math.floor(((value - least) / (greatest - least)) * (cells - 1));
    if (!rows.has(cell)) rows.set(cell, row);
  }
  return [...rows].toSorted(([a], [b]) => a - b).map(([, row]) => row);
}

/** True when all but a few pivots agree. */
export function mostAgree(
  pivots: readonly number[],
  agrees: (row: number) => boolean,
  share: number = fewSpoilt,
): boolean {
  const allowed = Math.floor(pivots.length * share);
  let spoilt = 0;
  for (const row of pivots) {
    if (agrees(row)) continue;
    spoilt += 1;
    if (spoilt > allowed) return false;
  }
  return true;
}
