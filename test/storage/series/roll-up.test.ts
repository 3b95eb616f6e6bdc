import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { decodeRollUp, encodeRollUp, rollUp } from "#storage/series/roll-up.ts";
import { States } from "#storage/series/states.ts";
import { MemoryVolume, type SeriesSample, Storage } from "#storage/index.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { seeded } from "../../support/random.ts";

const hour = 3_600_000;
const fiveMinutes = 300_000;
const open = (at: MemoryVolume): Promise<Storage> =>
  Storage.open({ at, clock: new ManualClock(), logger: silentLogger });

/** By the definition, sample by sample, for stretches that hold a sample. */
function byDefinition(samples: readonly SeriesSample[], step: number, from: number, to: number) {
  const found = new Map<number, { samples: number; values: number[]; integral: number; covered: number }>();
  const at = (number: number) => {
    const known = found.get(number) ?? { samples: 0, values: [], integral: 0, covered: 0 };
    found.set(number, known);
    return known;
  };
  for (const [index, { time, state }] of samples.entries()) {
    const value = Number(state);
    const next = samples[index + 1]?.time ?? time;
    if (time >= from && time < to) {
      at(Math.floor(time / step)).samples += 1;
      if (!Number.isNaN(value)) at(Math.floor(time / step)).values.push(value);
    }
    for (let number = Math.floor(time / step); number * step < next && !Number.isNaN(value); number += 1) {
      const begin = Math.max(time, number * step, from);
      const end = Math.min(next, (number + 1) * step, to);
      if (end <= begin) continue;
      at(number).integral += value * (end - begin);
      at(number).covered += end - begin;
    }
  }
  return [...found].toSorted(([a], [b]) => a - b);
}

/** A register that is read every five seconds, with outages. */
function register(count: number, seed: number): SeriesSample[] {
  const random = seeded(seed);
  let [time, value] = [1_700_000_000_000, 2_300];
  return Array.from({ length: count }, () => {
    time += random() < 0.001 ? 40 * 60_000 : 5_000 + Math.floor(random() * 20);
    value += Math.floor(random() * 7) - 3;
    const state = random() < 0.01 ? "unavailable" : (value / 10).toFixed(1);
    return { series: "s", time, state };
  });
}

describe("a roll-up", () => {
  it("counts, adds up and integrates each bucket, and comes back from its bytes", () => {
    const slice = {
      times: Float64Array.of(0, 100_000, 400_000, 900_000),
      states: States.of("1.5", "3", "unavailable", "2.25"),
    };
    const rolled = rollUp(slice, fiveMinutes);
    expect(rolled?.scale).toBe(2);
    expect(rolled?.buckets).toEqual([
      {
        number: 0,
        count: 2,
        numbers: 2,
        minimum: 150,
        maximum: 300,
        sum: 450,
        integral: 150 * 100_000 + 300 * 200_000,
        covered: 300_000,
      },
      { number: 1, count: 1, numbers: 0, minimum: 0, maximum: 0, sum: 0, integral: 300 * 100_000, covered: 100_000 },
      { number: 3, count: 1, numbers: 1, minimum: 225, maximum: 225, sum: 225, integral: 0, covered: 0 },
    ]);
    expect(rolled && decodeRollUp(encodeRollUp(rolled))).toEqual(rolled);
  });

  it("is not made where sums would not be exact", () => {
    const slice = { times: Float64Array.of(0, hour), states: States.of("1125899906842624", "0") };
    expect(rollUp(slice, hour)).toBeUndefined();
  });
});

describe("summaries", () => {
  it.each(["the log", "blocks", "dense blocks with roll-ups"])(
    "out of %s are what the definition says",
    async (from) => {
      const samples = register(20_000, 11);
      await using storage = await open(new MemoryVolume());
      await storage.series.append(samples);
      if (from !== "the log") await storage.series.flush();
      if (from === "dense blocks with roll-ups") await storage.series.densify();
      const last = samples.at(-1)?.time ?? 0;
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(60_000, fiveMinutes, hour, 24 * hour),
          fc.double({ min: 0, max: 1, noNaN: true }),
          async (step, share) => {
            const begin = Math.floor((samples[0] as SeriesSample).time + share * 12 * hour);
            const end = begin + 8 * hour;
            const [first, until] = [Math.floor(begin / step) * step, Math.ceil(end / step) * step];
            const found = await storage.series.summarize("s", { from: begin, to: end, step });
            const expected = byDefinition(samples, step, first, Math.min(until, last + 1));
            expect(found.map(({ start }) => start)).toEqual(expected.map(([number]) => number * step));
            for (const [index, [, { samples: count, values, integral, covered }]] of expected.entries()) {
              const summary = found[index];
              expect(summary?.samples).toBe(count);
              expect(summary?.minimum).toBe(values.length === 0 ? undefined : Math.min(...values));
              expect(summary?.maximum).toBe(values.length === 0 ? undefined : Math.max(...values));
              if (covered > 0) expect(summary?.timeWeightedMean).toBeCloseTo(integral / covered, 9);
              if (values.length > 0)
                expect(summary?.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 9);
            }
          },
        ),
        { numRuns: 30 },
      );
    },
  );

  it("read roll-ups instead of blocks where they can", async () => {
    const volume = new MemoryVolume();
    await using storage = await open(volume);
    const samples = register(30_000, 5);
    await storage.series.append(samples);
    await storage.series.flush();
    await storage.series.densify();
    const asked = (): number => storage.series.cache.misses;
    const before = asked();
    const range = { from: (samples[0] as SeriesSample).time, to: (samples.at(-1)?.time ?? 0) + 1 };
    const hours = await storage.series.summarize("s", { ...range, step: hour });
    expect(hours.reduce((sum, { samples: count }) => sum + count, 0)).toBe(30_000);
    expect(asked() - before).toBe(0);
  });

  it("of too many stretches are refused with the remedy", async () => {
    await using storage = await open(new MemoryVolume());
    await expect(storage.series.summarize("s", { from: 0, to: 1e12, step: 1 })).rejects.toMatchObject({
      code: "STORE_VALUE_INVALID",
    });
  });
});

describe("retention", () => {
  it("removes old blocks, keeps their hours, and does not take them again", async () => {
    const volume = new MemoryVolume();
    const samples = register(30_000, 3);
    {
      await using storage = await open(volume);
      await storage.series.append(samples);
      await storage.series.flush();
      await storage.series.densify();
      const range = { from: (samples[0] as SeriesSample).time, to: (samples.at(-1)?.time ?? 0) + 1, step: hour };
      const hours = await storage.series.summarize("s", range);
      const cut = (samples[20_000] as SeriesSample).time;
      const removed = await storage.series.expire(cut);
      expect(removed).toBeGreaterThan(10_000);
      expect(storage.series.info("s")?.samples).toBe(30_000 - removed);
      const after = await storage.series.summarize("s", range);
      // The hour in which two blocks meet lacks the stretch between them, in which the last value of the first was held.
      expect(after.map(({ samples: count, minimum, maximum }) => [count, minimum, maximum])).toEqual(
        hours.map(({ samples: count, minimum, maximum }) => [count, minimum, maximum]),
      );
      expect(await storage.series.append(samples)).toEqual({ stored: 0, duplicates: 30_000 });
    }
    await using reopened = await open(volume);
    expect(await reopened.series.append(samples)).toEqual({ stored: 0, duplicates: 30_000 });
    expect(await reopened.series.expire(Number.POSITIVE_INFINITY)).toBeGreaterThan(0);
    expect((await reopened.verify()).ok).toBe(true);
  });
});

describe("a series that is removed", () => {
  it("is gone with its blocks, its log and its name, and may come again", async () => {
    const volume = new MemoryVolume();
    {
      await using storage = await open(volume);
      await storage.series.append(register(9_000, 2));
      await storage.series.flush();
      await storage.series.append([{ series: "other", time: 1, state: "1" }, ...register(9_100, 2).slice(-100)]);
      expect(await storage.series.remove("s")).toBe(9_100);
      expect(await storage.series.remove("s")).toBe(0);
      expect(storage.series.names()).toEqual(["other"]);
      await storage.compact();
    }
    await using reopened = await open(volume);
    expect(reopened.series.names()).toEqual(["other"]);
    expect((await reopened.inspect()).bytes).toBeLessThan(2_000);
    expect(await reopened.series.append(register(10, 2))).toEqual({ stored: 10, duplicates: 0 });
  });
});
