import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepExtremes } from "#pipeline/plot/keep-extremes.ts";
import { autoregressive } from "../../support/signals.ts";

const columns = 50;

/** Least and greatest value that stands at some time within each column, by the definition. */
function extremes({ times, values }: { times: readonly number[]; values: readonly number[] }, to: number) {
  return Array.from({ length: columns }, (_, column) => {
    const [begin, end] = [(column * to) / columns, ((column + 1) * to) / columns];
    const within = values.filter((value, index) => {
      const time = times[index] as number;
      return !Number.isNaN(value) && time >= begin && time < end;
    });
    return within.length === 0 ? undefined : [Math.min(...within), Math.max(...within)];
  });
}

describe("a course made thin", () => {
  it("keeps least and greatest of every column, in the order they came, and few of the others", () => {
    const values = autoregressive(0.999, 100_000, 7);
    const course = { times: values.map((_, index) => index), values };
    const thin = keepExtremes(course, { from: 0, to: 100_000, columns });
    expect(thin.times.length).toBeLessThanOrEqual(3 * columns);
    expect(thin.times).toEqual(thin.times.toSorted((a, b) => a - b));
    expect(extremes(thin, 100_000)).toEqual(extremes(course, 100_000));
    for (const [index, time] of thin.times.entries()) expect(thin.values[index]).toBe(values[time]);
  });

  it("is the course itself where there is room for all of it", () => {
    const course = { times: [0, 1, 2], values: [1, Number.NaN, 2] };
    expect(keepExtremes(course, { from: 0, to: 3, columns })).toEqual(course);
  });

  it("keeps that there was no value, where that lasts beyond a column, and what stands at its end", () => {
    const times = Array.from({ length: 1_000 }, (_, index) => index);
    const values = times.map((time) => (time >= 500 && time < 700 ? Number.NaN : time % 7));
    const thin = keepExtremes({ times, values }, { from: 0, to: 1_000, columns });
    const missing = thin.times.filter((_, index) => Number.isNaN(thin.values[index]));
    expect(missing.length).toBeGreaterThan(0);
    expect(missing.every((time) => time >= 500 && time < 700)).toBe(true);
    // The last value before the gap stands until it.
    const before = thin.times.findLastIndex((time) => time < 500);
    expect(thin.values[before]).toBe(499 % 7);
  });

  it("never invents, doubles or reorders, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: -9, max: 9 }), { nil: Number.NaN }), { maxLength: 400 }),
        (all) => {
          const times = all.map((_, index) => index * 3);
          const thin = keepExtremes({ times, values: all }, { from: 0, to: Math.max(1, all.length * 3), columns: 10 });
          expect(new Set(thin.times).size).toBe(thin.times.length);
          for (const [index, time] of thin.times.entries()) expect(thin.values[index]).toBe(all[time / 3]);
          const known = all.filter((value) => !Number.isNaN(value));
          const kept = thin.values.filter((value) => !Number.isNaN(value));
          expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...known), Math.max(...known)]);
        },
      ),
    );
  });
});
