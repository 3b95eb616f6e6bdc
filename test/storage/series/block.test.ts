import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCorruption } from "#core/errors.ts";
import { latin1 } from "#storage/chunk/batch-frame.ts";
import { decodeBlock, encodeBlock } from "#storage/series/block.ts";
import { blockKey, figuresOf, parseBlockKey, summarizeBlock } from "#storage/series/block-summary.ts";
import { decimalsOf, formatDecimal, parseMantissa } from "#storage/series/decimal.ts";
import { States } from "#storage/series/states.ts";
import { seeded } from "../../support/random.ts";

const nasty = [
  "",
  "0",
  "-0",
  "0.0",
  "-0.0",
  "21.50",
  "007",
  "+1",
  "1e5",
  ".5",
  "5.",
  "NaN",
  "9007199254740993",
  "-1125899906842624",
  "0.000000000000001",
  "1234567.123456789",
  "unavailable",
  "unknown",
  "wärme",
  "\ud800",
  "😀",
  'a,b\n"c"',
  "x".repeat(255),
];
const numbers = fc
  .tuple(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.integer({ min: 0, max: 9 }))
  .map(([mantissa, places]) => formatDecimal(mantissa, places));
const states = fc.oneof(
  { weight: 4, arbitrary: numbers },
  fc.constantFrom(...nasty),
  fc.string({ unit: "binary", maxLength: 20 }),
);

describe.each(["quick", "dense"] as const)("a %s block", (effort) => {
  it("gives back every time and every text as it was", () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: -(2 ** 48), max: 2 ** 48 }), states), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(samples, (list) => {
        const sorted = list.toSorted(([a], [b]) => a - b);
        const times = Float64Array.from(sorted, ([time]) => time);
        const texts = sorted.map(([, state]) => state);
        const back = decodeBlock(encodeBlock({ times, states: States.of(...texts) }, effort));
        expect(back.times).toEqual(times);
        expect(back.states.toArray()).toEqual(texts);
      }),
      { numRuns: 300 },
    );
  });

  it("takes few bytes for what registers do", () => {
    const random = seeded(7);
    const count = 4_096;
    const times = Float64Array.from(
      { length: count },
      (_, index) => 1_700_000_000_000 + index * 5_000 + Math.floor(random() * 8),
    );
    let value = 2_300;
    const voltage = Array.from({ length: count }, () => formatDecimal((value += Math.floor(random() * 3) - 1), 1));
    const bytesEach = (texts: readonly string[]): number =>
      encodeBlock({ times, states: States.of(...texts) }, effort).length / count;
    expect(bytesEach(voltage)).toBeLessThan(effort === "quick" ? 0.8 : 0.7);
    expect(bytesEach(voltage.map(() => "on"))).toBeLessThan(0.5);
  });

  it("never does more than say that it is damaged", () => {
    const random = seeded(3);
    const slice = {
      times: Float64Array.from({ length: 300 }, (_, index) => index * 1_000),
      states: States.of(
        ...Array.from({ length: 300 }, (_, index) =>
          index % 40 === 0 ? "unavailable" : `${index % 7}.${(index * 7) % 100}`,
        ),
      ),
    };
    const bytes = encodeBlock(slice, effort);
    for (let round = 0; round < 2_000; round += 1) {
      const damaged = bytes.slice(0, random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length);
      for (let flips = 0; flips < 3 && damaged.length > 0; flips += 1)
        damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      try {
        decodeBlock(damaged);
      } catch (error) {
        expect(isCorruption(error), String(error)).toBe(true);
      }
    }
  });
});

describe("a decimal", () => {
  it("is taken only for texts that printing gives back", () => {
    for (const text of nasty) {
      const mantissa = parseMantissa(text);
      if (!Number.isNaN(mantissa)) expect(formatDecimal(mantissa, decimalsOf(text))).toBe(text);
    }
    expect(nasty.filter((text) => !Number.isNaN(parseMantissa(text)))).toEqual([
      "0",
      "0.0",
      "21.50",
      "-1125899906842624",
      "0.000000000000001",
    ]);
  });
});

describe("a summary", () => {
  it("goes through its key, and answers for the block", () => {
    const slice = { times: Float64Array.of(-5, 1_000, 3_000), states: States.of("10", "unavailable", "20.5") };
    const summary = summarizeBlock({ seriesId: 7, blockId: 42, effort: "dense", rollUps: ["hour"] }, slice);
    expect(summary).toMatchObject({ first: -5, last: 3_000, count: 3, effort: "dense", rollUps: ["hour"] });
    expect(figuresOf(summary)).toEqual({
      numbers: 2,
      minimum: 10,
      maximum: 20.5,
      sum: 30.5,
      integral: 10_050,
      lastState: "20.5",
    });
    expect(parseBlockKey(blockKey(summary))).toEqual(summary);
  });

  it("sorts by series and time", () => {
    const at = (seriesId: number, first: number): string =>
      latin1(
        blockKey(
          summarizeBlock(
            { seriesId, blockId: 1, effort: "quick", rollUps: [] },
            { times: Float64Array.of(first), states: States.of("1") },
          ),
        ),
      );
    const keys = [at(1, -1_000), at(1, 0), at(1, 300), at(2, -5), at(256, 0)];
    expect(keys.toSorted()).toEqual(keys);
  });
});
