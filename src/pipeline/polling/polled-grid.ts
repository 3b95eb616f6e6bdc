import type { Reading } from "#model/reading.ts";

/** Recorded values on a common grid, one row each tick. */
export interface PolledGrid {
  /** Seconds. */
  readonly tick: number;
  readonly entityIds: readonly string[];
  /** What was shown at each tick; NaN before the first value and where there was none. Texts are numbered as they come. */
  readonly columns: readonly Float64Array[];
}

const mostRows = 2_000_000;

/** The commonest time between two readings of the same entity, in seconds; undefined of too few. */
export function commonTick(readings: ReadonlyMap<string, readonly Reading[]>): number | undefined {
  const counts = new Map<number, number>();
  for (const each of readings.values()) {
    for (let index = 1; index < each.length; index += 1) {
      const gap = Math.round(((each[index] as Reading).time - (each[index - 1] as Reading).time) / 1_000);
      if (gap > 0) counts.set(gap, (counts.get(gap) ?? 0) + 1);
    }
  }
  return [...counts].toSorted(([a, m], [b, n]) => n - m || a - b)[0]?.[0];
}

/** From the first reading to the last; each entity's readings in their order. Undefined when that were more rows than anybody records. */
export function polledGrid(readings: ReadonlyMap<string, readonly Reading[]>, tick: number): PolledGrid | undefined {
  const all = [...readings].filter(([, each]) => each.length > 0);
  const first = all.reduce((time, [, each]) => Math.min(time, each[0]?.time ?? time), Number.POSITIVE_INFINITY);
  const last = all.reduce((time, [, each]) => Math.max(time, each.at(-1)?.time ?? time), Number.NEGATIVE_INFINITY);
  const width = tick * 1_000;
  const rows = all.length === 0 ? 0 : Math.floor((last - first) / width) + 1;
  if (rows > mostRows) return undefined;
  const columns = all.map(([, each]) => {
    const column = new Float64Array(rows).fill(Number.NaN);
    const texts = new Map<string, number>();
    let [next, shown] = [0, Number.NaN];
    for (let row = 0; row < rows; row += 1) {
      // In the middle of a row jitter does not matter.
      const end = first + (row + 0.5) * width;
      for (; next < each.length && (each[next] as Reading).time <= end; next += 1)
        shown = valueOf(each[next] as Reading, texts);
      column[row] = shown;
    }
    return column;
  });
  return { tick, entityIds: all.map(([entityId]) => entityId), columns };
}

/** The number, or the number of the text in `texts`, which grows; NaN for no value. */
export function valueOf({ kind, value, state }: Reading, texts: Map<string, number>): number {
  if (kind === "number") return value;
  if (kind !== "text") return Number.NaN;
  const known = texts.get(state) ?? texts.size;
  texts.set(state, known);
  return known;
}
