import { rangeOf } from "../value-range.ts";
import type { Observed } from "./observed.ts";

const cells = 24;
/** Share of the pivots in which one of the entities may have been read a moment earlier or later. */
const fewSpoilt = 0.09;

/**
 * Rows in which the entity shows values far from each other, ascending, one for each part of its range: where a formula fails, it fails here. Of an entity that shows few values there are several of each,
 * at different times; else anything would agree with a switch.
 */
export function pivotsOf({ values }: Observed): readonly number[] {
  const { least, greatest } = rangeOf(values);
  const cellOf = (value: number): number => Math.floor(((value - least) / (greatest - least)) * (cells - 1));
  const counts = new Uint32Array(cells);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (Number.isNaN(value)) continue;
    const cell = cellOf(value);
    counts[cell] = (counts[cell] as number) + 1;
  }
  const ofEach = Math.floor(cells / counts.filter((count) => count > 0).length);
  const met = new Uint32Array(cells);
  const rows: number[][] = Array.from({ length: cells }, () => []);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (Number.isNaN(value)) continue;
    const cell = cellOf(value);
    const chosen = rows[cell] as number[];
    const count = counts[cell] as number;
    // As evenly spread as its rows allow, from the first on.
    if (chosen.length < ofEach && (met[cell] as number) >= Math.floor((chosen.length * count) / ofEach))
      chosen.push(row);
    met[cell] = (met[cell] as number) + 1;
  }
  return rows.flat();
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
