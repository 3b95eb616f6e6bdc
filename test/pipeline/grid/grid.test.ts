import { describe, expect, it } from "vitest";
import { Grid } from "#pipeline/grid/grid.ts";
import { emptyTrace } from "#pipeline/grid/trace.ts";
import { traceOf } from "../../support/signals.ts";

const counting = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe("the grid", () => {
  it("has a row for each time of reading, not finer", () => {
    const grid = Grid.of([traceOf(counting(100), { width: 60_000 })]);
    expect({ width: grid.width, rows: grid.rows, stretches: grid.stretches.length }).toEqual({
      width: 60_000,
      rows: 100,
      stretches: 1,
    });
  });

  it("has no more than 2,016 rows, whatever there is", () => {
    expect(Grid.of([traceOf(counting(30_000), { width: 60_000 })]).rows).toBeLessThanOrEqual(2_016);
    expect(Grid.of([]).rows).toBe(0);
    expect(Grid.of([emptyTrace()]).rows).toBe(0);
  });

  it("leaves out the times in which nobody watched", () => {
    const first = traceOf(counting(100), { width: 60_000 });
    const second = traceOf(counting(50), { width: 60_000, from: 1_700_000_100_000 + 200 * 60_000 });
    const grid = Grid.of([first, second]);
    expect(grid.rows).toBe(150);
    expect(grid.holes()).toEqual([{ from: grid.timeOf(99), to: grid.timeOf(100) - grid.width }]);
    expect((grid.holes()[0]!.to - grid.holes()[0]!.from) / 60_000).toBe(100);
  });

  it("shows what was shown at the end of each row", () => {
    const busy = traceOf(counting(40), { width: 60_000 });
    const calm = traceOf([5, Number.NaN, 7], { width: 600_000 });
    const column = Grid.of([busy, calm]).column(calm);
    expect([...column.slice(0, 21)]).toEqual([...Array(10).fill(5), ...Array(10).fill(Number.NaN), 7]);
    expect(column.at(-1)).toBe(7);
  });

  it("knows nothing of an entity that has been silent for far longer than ever", () => {
    const busy = traceOf(counting(400), { width: 60_000 });
    const gone = traceOf(counting(100), { width: 60_000 });
    const column = Grid.of([busy, gone]).column(gone);
    expect(column[101]).toBe(99);
    expect(column[110]).toBeNaN();
  });
});
