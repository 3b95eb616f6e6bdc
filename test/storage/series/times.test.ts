import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCorruption } from "#core/errors.ts";
import { ByteReader } from "#storage/codec/byte-reader.ts";
import { ByteWriter } from "#storage/codec/byte-writer.ts";
import { writeDifferenced } from "#storage/series/differences.ts";
import type { Effort } from "#storage/series/effort.ts";
import { readTimes, writeTimes } from "#storage/series/times.ts";
import { seeded } from "../../support/random.ts";

function written(times: Float64Array, effort: Effort): Uint8Array {
  const writer = new ByteWriter();
  writeTimes(writer, times, effort);
  return writer.finish();
}

function back(times: Float64Array, effort: Effort): Float64Array {
  return readTimes(new ByteReader(written(times, effort)), times.length);
}

/** Changes of a register that is read every `interval` ms after the last read, and differs with probability `share`. */
function changes(count: number, interval: number, share: number): Float64Array {
  const random = seeded(4);
  const times: number[] = [];
  for (let time = 1_700_000_000_000; times.length < count;) {
    time += Math.round(interval + (random() + random() - 1) * 30);
    if (random() < share) times.push(time);
  }
  return Float64Array.from(times);
}

describe.each(["quick", "dense"] as const)("times of a %s block", (effort) => {
  it("come back as they were, whatever they are", () => {
    const anything = fc
      .array(fc.integer({ min: -(2 ** 48), max: 2 ** 48 }))
      .map((times) => times.toSorted((a, b) => a - b));
    const polled = fc
      .tuple(
        fc.integer({ min: 0, max: 2 ** 48 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.array(fc.tuple(fc.nat(9), fc.integer({ min: -50, max: 50 })), { maxLength: 80 }),
      )
      .map(([first, interval, gaps]) =>
        gaps.reduce(
          (times, [reads, rest]) => [...times, (times.at(-1) as number) + Math.max(0, reads * interval + rest)],
          [first],
        ),
      );
    fc.assert(
      fc.property(fc.oneof(anything, polled), (list) => {
        const times = Float64Array.from(list);
        expect(back(times, effort)).toEqual(times);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [2_000, 0.3],
    [10_000, 0.6],
    [5_000, 0.9],
  ])(
    "of a register read every %d ms that changes now and then take clearly less than differences",
    (interval, share) => {
      const times = changes(4_000, interval, share);
      const differenced = new ByteWriter();
      writeDifferenced(differenced, times, effort);
      expect(back(times, effort)).toEqual(times);
      expect(written(times, effort).length).toBeLessThan(differenced.length * 0.87);
    },
  );

  it("are never larger than plain differences", () => {
    for (const list of [[], [5], [1, 1, 1, 1, 1, 1, 1, 1, 1], Array.from({ length: 20 }, (_, index) => index ** 3)]) {
      const times = Float64Array.from(list);
      const differenced = new ByteWriter();
      writeDifferenced(differenced, times, effort);
      expect(written(times, effort).length).toBeLessThanOrEqual(differenced.length);
    }
  });

  it("that are damaged never do more than say so", () => {
    const bytes = written(changes(300, 2_000, 0.4), effort).slice();
    expect(bytes[0]).toBe(3);
    for (let position = 0; position < bytes.length; position += 1)
      for (const bit of [1, 16, 128]) {
        const damaged = bytes.slice();
        damaged[position] = (damaged[position] as number) ^ bit;
        try {
          expect(readTimes(new ByteReader(damaged), 300).length).toBe(300);
        } catch (error) {
          expect(isCorruption(error)).toBe(true);
        }
      }
    expect(() => readTimes(new ByteReader(new Uint8Array()), 1)).toThrow("Stored bytes are damaged");
  });
});
