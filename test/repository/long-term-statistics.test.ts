import { describe, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import type { HourStatistics } from "#model/hour-statistics.ts";
import { LongTermStatisticsRepository } from "#repository/long-term-statistics.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";

const hour = 3_600_000;
const day = 24 * hour;
const begin = Date.UTC(2024, 0, 30);

async function newStatistics(volume = new MemoryVolume()) {
  const storage = await Storage.open({ at: volume, clock: new ManualClock(), logger: silentLogger });
  return { storage, statistics: new LongTermStatisticsRepository(storage) };
}

const measured = (index: number, value: number, entityId = "sensor.a"): HourStatistics => ({
  entityId,
  start: begin + index * hour,
  mean: value,
  minimum: value - 1,
  maximum: value + 1,
});

describe("long-term statistics", () => {
  it("are kept by month, each hour once, and of each entity apart", async () => {
    const { statistics } = await newStatistics();
    await statistics.store(Array.from({ length: 96 }, (_, index) => measured(index, index)));
    await statistics.store([measured(3, 100), measured(0, 7, "sensor.a2"), measured(0, 8, "sensor.b")]);
    const hours = await statistics.read("sensor.a");
    expect(hours).toHaveLength(96);
    expect(hours[3]).toEqual(measured(3, 100));
    expect(hours.map(({ start }) => start)).toEqual(hours.map((_, index) => begin + index * hour));
    expect(await statistics.read("sensor.a", { from: begin + 47 * hour, to: begin + 49 * hour })).toEqual([
      measured(47, 47),
      measured(48, 48),
    ]);
    expect(await statistics.read("sensor.b")).toEqual([measured(0, 8, "sensor.b")]);
    expect(await statistics.read("sensor")).toEqual([]);
  });

  it("stand in front of the first sample, and nowhere else", async () => {
    const { storage, statistics } = await newStatistics();
    await statistics.store(Array.from({ length: 48 }, (_, index) => measured(index, 10)));
    const first = begin + 24.5 * hour;
    await storage.series.append([
      { series: "sensor.a", time: first, state: "40" },
      { series: "sensor.a", time: first + 12 * hour, state: "60" },
    ]);
    const range = { from: begin, to: begin + 2 * day, step: day };
    expect(await statistics.summarize("sensor.a", range)).toEqual([
      { start: begin, end: begin + day, samples: 0, minimum: 9, maximum: 11, mean: 10, timeWeightedMean: 10 },
      {
        start: begin + day,
        end: begin + 2 * day,
        samples: 2,
        minimum: 40,
        maximum: 60,
        mean: 50,
        timeWeightedMean: 40,
      },
    ]);
    // What is not made of whole hours cannot be told from them.
    expect(await statistics.summarize("sensor.a", { ...range, step: day / 32 })).toHaveLength(17);
  });

  it("of what only grows rise from hour to hour", async () => {
    const { statistics } = await newStatistics();
    const counter = [100, 104, 110, 2].map((state, index) => ({
      entityId: "sensor.e",
      start: begin + index * hour,
      state,
    }));
    await statistics.store(counter);
    const range = { from: begin, to: begin + 4 * hour, step: hour };
    const rows = await statistics.summarize("sensor.e", range);
    expect(rows.map(({ minimum, maximum, timeWeightedMean }) => [minimum, maximum, timeWeightedMean])).toEqual([
      [100, 100, 100],
      [100, 104, 102],
      [104, 110, 107],
      [2, 2, 2],
    ]);
  });

  it("stay when the samples are removed, which are known better", async () => {
    const { storage, statistics } = await newStatistics();
    await statistics.store([measured(0, 10), measured(1, 10), measured(2, 10)]);
    const samples = Array.from({ length: 60 }, (_, index) => ({
      series: "sensor.a",
      time: begin + hour + index * 60_000,
      state: String(index),
    }));
    await storage.series.append(samples);
    await storage.series.flush();
    await storage.series.append([{ series: "sensor.a", time: begin + 3 * hour, state: "0" }]);
    await storage.series.flush();
    const range = { from: begin, to: begin + 2 * hour, step: hour };
    const before = await statistics.summarize("sensor.a", range);
    expect(before.map(({ maximum }) => maximum)).toEqual([11, 59]);
    await storage.series.expire(begin + 2 * hour);
    expect((await statistics.summarize("sensor.a", range)).map(({ maximum }) => maximum)).toEqual([11, 59]);
  });
});
