import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accumulate, emptyAccumulator, summarize, type SummaryOptions } from "#pipeline/statistics/accumulator.ts";
import type { Reading } from "#model/reading.ts";
import { seeded } from "../../support/random.ts";
import { readingsOf } from "../../support/readings.ts";

function learn(readings: readonly Reading[], options: SummaryOptions) {
  const state = emptyAccumulator();
  for (const reading of readings) accumulate(state, reading);
  return summarize("sensor.a", state, options);
}

const second = 1_000;
const hour = 3_600 * second;

describe("the resolution", () => {
  const resolutionOf = (values: readonly number[]): number | undefined =>
    learn(readingsOf(values.map((value, index) => [index * second, String(value)] as const)), { now: hour }).resolution;

  it("is the true step, also of binary fractions", () => {
    // 0.1 + 0.2 is printed 0.30000000000000004.
    expect(resolutionOf(Array.from({ length: 50 }, (_, index) => ((index * 7) % 11) * 0.1 + 20))).toBe(0.1);
  });

  it("is that of a scaled register", () => {
    expect(resolutionOf(Array.from({ length: 50 }, (_, index) => ((index * 7) % 11) * 0.3))).toBe(0.3);
  });

  it("is not that of a value that is odd now and then", () => {
    const values = Array.from({ length: 600 }, (_, index) => ((index * 7) % 11) * 0.5);
    for (let index = 199; index < values.length; index += 250) values[index] = 12.347;
    expect(resolutionOf(values)).toBe(0.5);
  });

  it("becomes finer when the register does, soon after years of another one", () => {
    const coarse = Array.from({ length: 20_000 }, (_, index) => (index * 7) % 11);
    const fine = Array.from({ length: 60 }, (_, index) => ((index * 7) % 11) * 0.1);
    expect(resolutionOf(coarse)).toBe(1);
    expect(resolutionOf([...coarse, ...fine])).toBe(0.1);
  });
});

describe("the rate of changes", () => {
  it("is right also when the interval was another one before", () => {
    const random = seeded(4);
    const perSecond = 1 / 20;
    const rows: (readonly [number, string])[] = [[0, "0"]];
    let time = 0;
    for (const [interval, reads] of [
      [5, 4_000],
      [30, 2_000],
    ] as const) {
      for (let read = 0; read < reads; read += 1) {
        time += interval * second;
        if (random() < 1 - Math.exp(-perSecond * interval)) rows.push([time, String(Math.round(random() * 1e6))]);
      }
    }
    const { changeRate } = learn(readingsOf(rows), { now: time, interval: 30 });
    expect(changeRate?.lowPerHour).toBeLessThan(perSecond * 3_600);
    expect(changeRate?.highPerHour).toBeGreaterThan(perSecond * 3_600);
    expect(Math.abs((changeRate?.perHour ?? 0) / (perSecond * 3_600) - 1)).toBeLessThan(0.05);
  });
});

describe("figures of one entity", () => {
  it("weigh a value by the time it was shown, up to now", () => {
    const readings = readingsOf([
      [0, "10"],
      [9 * second, "20"],
    ]);
    const { mean, deviation, minimum, maximum } = learn(readings, { now: 10 * second });
    expect({ mean, minimum, maximum }).toEqual({ mean: 11, minimum: 10, maximum: 20 });
    expect(deviation).toBeCloseTo(3, 10);
  });

  it("leave out the time without a value, and count it as an outage", () => {
    const readings = readingsOf([
      [0, "10"],
      [10 * second, "unavailable"],
      [15 * second, "unknown"],
      [20 * second, "30"],
    ]);
    const figures = learn(readings, { now: 40 * second });
    expect(figures).toMatchObject({ availability: 0.75, outages: 1, changes: 1, samples: 4 });
    expect(figures.mean).toBeCloseTo((10 * 10 + 20 * 30) / 30, 10);
  });

  it("do not take the same value after an outage for a change", () => {
    const readings = readingsOf([
      [0, "10"],
      [second, "unavailable"],
      [2 * second, "10"],
    ]);
    expect(learn(readings, { now: 3 * second })).toMatchObject({ changes: 0, lastChange: 0, kind: "constant" });
  });

  it("find the step of the value from its printed decimals", () => {
    expect(
      learn(
        readingsOf([
          [0, "20.0"],
          [1, "20.5"],
          [2, "19.0"],
        ]),
        { now: 3 },
      ).resolution,
    ).toBe(0.5);
    expect(
      learn(
        readingsOf([
          [0, "0.1"],
          [1, "0.2"],
          [2, "0.3"],
        ]),
        { now: 3 },
      ).resolution,
    ).toBe(0.1);
    expect(
      learn(
        readingsOf([
          [0, "100"],
          [1, "150"],
          [2, "120"],
        ]),
        { now: 3 },
      ).resolution,
    ).toBe(10);
  });

  it("take nothing that is older than what they have", () => {
    const state = emptyAccumulator();
    expect(accumulate(state, readingsOf([[10, "1"]])[0] as Reading)).toBe(true);
    const before = structuredClone(state);
    expect(accumulate(state, readingsOf([[9, "2"]])[0] as Reading)).toBe(false);
    expect(state).toEqual(before);
  });

  it("stay within 2 kB, whatever the number of samples", () => {
    const state = emptyAccumulator();
    for (const reading of readingsOf(Array.from({ length: 5_000 }, (_, index) => [index, `text ${index}`.repeat(5)])))
      accumulate(state, reading);
    expect(JSON.stringify(state).length).toBeLessThan(2_048);
  });
});

describe("the kind of an entity", () => {
  const rising = Array.from({ length: 40 }, (_, index) => [index * 0.5 * hour, `${100 + index}.5`] as const);
  it.each([
    ["unavailable", [[0, "unavailable"]], undefined],
    ["unknown", [[0, "unknown"]], undefined],
    ["constant", [[0, "5"]], undefined],
    [
      "binary",
      [
        [0, "on"],
        [1, "off"],
      ],
      undefined,
    ],
    [
      "binary",
      [
        [0, "0"],
        [1, "1"],
      ],
      undefined,
    ],
    [
      "enum",
      [
        [0, "heating"],
        [1, "cooling"],
      ],
      undefined,
    ],
    [
      "enum",
      [
        [0, "2"],
        [1, "3"],
        [2, "2"],
        [3, "5"],
        [4, "2"],
      ],
      undefined,
    ],
    [
      "numeric",
      [
        [0, "2"],
        [1, "3"],
        [2, "2"],
        [3, "5"],
        [4, "2"],
      ],
      "measurement",
    ],
    ["text", Array.from({ length: 13 }, (_, index) => [index, `name ${index}`] as const), undefined],
    [
      "counter",
      [
        [0, "5"],
        [1, "6"],
      ],
      "total_increasing",
    ],
    ["counter", rising, undefined],
    ["numeric", rising, "measurement"],
    ["numeric", rising.slice(0, 20), undefined],
  ] as const)("is %s", (kind, rows, stateClass) => {
    const readings = readingsOf(rows as readonly (readonly [number, string])[]);
    expect(learn(readings, { now: 30 * hour, ...(stateClass === undefined ? {} : { stateClass }) }).kind).toBe(kind);
  });

  it("of a counter survives a reset now and then", () => {
    const rows = Array.from({ length: 200 }, (_, index) => [index * 720 * second, String((index % 100) + 1)] as const);
    expect(learn(readingsOf(rows), { now: 40 * hour }).kind).toBe("counter");
  });
});

describe("against the definition", () => {
  const states = fc.oneof(
    fc.integer({ min: -500, max: 500 }).map((value) => (value / 10).toFixed(1)),
    fc.constantFrom("unavailable", "unknown"),
  );
  const rows = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), states), { minLength: 2, maxLength: 60 })
    .map((drawn) => {
      let time = 0;
      return drawn.map(([gap, state]) => [(time += gap), state] as const);
    });

  /** Every millisecond interval by itself, no running sums. */
  function bruteForce(drawn: readonly (readonly [number, string])[], now: number) {
    const spans = drawn.map(([time, state], index) => ({ state, length: (drawn[index + 1]?.[0] ?? now) - time }));
    const present = spans.filter(({ state }) => Number.isFinite(Number(state)));
    const weight = present.reduce((sum, { length }) => sum + length, 0);
    const mean = present.reduce((sum, { state, length }) => sum + Number(state) * length, 0) / weight;
    const variance = present.reduce((sum, { state, length }) => sum + (Number(state) - mean) ** 2 * length, 0) / weight;
    const texts = present.map(({ state }) => state);
    return {
      weight,
      mean,
      deviation: Math.sqrt(variance),
      availability: weight / (now - (drawn[0]?.[0] ?? 0)),
      minimum: Math.min(...texts.map(Number)),
      maximum: Math.max(...texts.map(Number)),
      changes: texts.filter((text, index) => index > 0 && text !== texts[index - 1]).length,
    };
  }

  it("mean, deviation, range, availability and changes are the same", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 100_000 }), (drawn, wait) => {
        const now = (drawn.at(-1)?.[0] ?? 0) + wait;
        const expected = bruteForce(drawn, now);
        fc.pre(expected.weight > 0);
        const figures = learn(readingsOf(drawn), { now });
        expect(figures).toMatchObject({
          changes: expected.changes,
          minimum: expected.minimum,
          maximum: expected.maximum,
        });
        expect(figures.availability).toBeCloseTo(expected.availability, 9);
        expect(figures.mean).toBeCloseTo(expected.mean, 9);
        expect(figures.deviation).toBeCloseTo(expected.deviation, 5);
      }),
    );
  });

  it("a snapshot taken anywhere, restored, and gone on from gives the very same numbers", () => {
    fc.assert(
      fc.property(rows, fc.nat(60), (drawn, cut) => {
        const readings = readingsOf(drawn);
        const whole = emptyAccumulator();
        for (const reading of readings) accumulate(whole, reading);
        let parts = emptyAccumulator();
        for (const [index, reading] of readings.entries()) {
          if (index === cut) parts = structuredClone(parts);
          accumulate(parts, reading);
        }
        expect(parts).toEqual(whole);
      }),
    );
  });
});
