import { describe, expect, it } from "vitest";
import { plotSeries } from "#app/plot-series.ts";
import { RecentReadTimes } from "#app/recent-reads.ts";
import { sparkLines } from "#app/spark-lines.ts";
import { silentLogger } from "#core/logger.ts";
import { Repository } from "#repository/repository.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";

const start = 1_700_006_400_000;
const hour = 3_600_000;
const none = { times: [], looked: [] };

async function open(rows: readonly (readonly [seconds: number, state: string])[]) {
  const storage = await Storage.open({ at: new MemoryVolume(), clock: new ManualClock(), logger: silentLogger });
  const repository = await Repository.open(storage);
  await repository.samples.append(
    rows.map(([seconds, state]) => ({ entityId: "sensor.a", time: start + seconds * 1_000, state })),
  );
  return { storage, repository };
}

describe("values for a plot", () => {
  it("begin with what stood before, are all there where they fit, and say where there was none", async () => {
    const { storage, repository } = await open([
      [-60, "1.5"],
      [10, "2.5"],
      [20, "unavailable"],
      [30, "3.5"],
      [90, "9"],
    ]);
    await using _closed = storage;
    const range = { from: start, to: start + 60_000, columns: 100 };
    expect(await plotSeries(repository, "sensor.a", range, none)).toEqual({
      entityId: "sensor.a",
      from: start,
      to: start + 60_000,
      times: [0, 10, 20, 30].map((seconds) => start + seconds * 1_000),
      values: [1.5, 2.5, null, 3.5],
      isWhole: true,
      extent: expect.objectContaining({ samples: 5 }) as object,
      reads: none,
    });
  });

  it("are places of texts where they are texts", async () => {
    const { storage, repository } = await open([
      [0, "off"],
      [10, "on"],
      [20, "off"],
    ]);
    await using _closed = storage;
    const plot = await plotSeries(repository, "sensor.a", { from: start, to: start + 60_000, columns: 100 }, none);
    expect([plot.texts, plot.values]).toEqual([
      ["off", "on"],
      [0, 1, 0],
    ]);
  });

  it("are few of a year, with every extreme, from roll-ups", async () => {
    const days = 365;
    const { storage, repository } = await open(
      Array.from({ length: days * 48 }, (_, index) => [index * 1_800, String(index === 9_000 ? 777 : index % 100)]),
    );
    await using _closed = storage;
    await storage.compact();
    const range = { from: start, to: start + days * 24 * hour, columns: 1_000 };
    const plot = await plotSeries(repository, "sensor.a", range, none);
    expect(plot.isWhole).toBe(false);
    expect(plot.times.length).toBeLessThanOrEqual(2_002);
    expect(plot.times).toEqual(plot.times.toSorted((a, b) => a - b));
    expect(Math.max(...plot.values.map((value) => value ?? 0))).toBe(777);
  });

  it("are none of an entity that nobody knows", async () => {
    const { storage, repository } = await open([]);
    await using _closed = storage;
    const plot = await plotSeries(repository, "sensor.b", { from: start, to: start + hour, columns: 100 }, none);
    expect([plot.times, plot.extent]).toEqual([[], undefined]);
  });

  it("are means of half hours in the last day's strokes", async () => {
    const { storage, repository } = await open([
      [0, "10"],
      [1_800, "20"],
      [5_400, "30"],
    ]);
    await using _closed = storage;
    const [line] = await sparkLines(repository, ["sensor.a"], start + 2 * hour);
    expect(line?.values).toHaveLength(48);
    expect(line?.values.slice(-4)).toEqual([10, 20, 20, 30]);
    expect(line?.values.slice(0, -4).every((value) => value === null)).toBe(true);
  });
});

describe("reads that were seen lately", () => {
  const reads = new RecentReadTimes();
  const burst = (from: number, to: number, times: readonly number[]) => ({
    from,
    to,
    period: 1_000,
    polls: times.map((time) => ({ entityId: "sensor.a", time })),
  });
  reads.see(burst(0, 10, [2, 6]));
  reads.see(burst(10, 20, [14]));
  reads.see(burst(100, 110, [101, 105]));

  it("come with the stretches in which it was looked for them", () => {
    expect(reads.within("sensor.a", 0, 200)).toEqual({
      times: [2, 6, 14, 101, 105],
      looked: [
        [2, 20],
        [100, 110],
      ],
    });
    expect(reads.within("sensor.a", 5, 103)).toEqual({
      times: [6, 14, 101],
      looked: [
        [5, 20],
        [100, 103],
      ],
    });
    expect(reads.within("sensor.b", 0, 200)).toEqual({ times: [], looked: [] });
  });

  it("go on under a new id", () => {
    const renamed = new RecentReadTimes();
    renamed.see(burst(0, 10, [2, 6]));
    renamed.rename("sensor.a", "sensor.new");
    renamed.rename("sensor.nobody", "sensor.other");
    expect(renamed.within("sensor.new", 0, 10).times).toEqual([2, 6]);
    expect(renamed.within("sensor.a", 0, 10).times).toEqual([]);
  });

  it("are forgotten, the oldest first, before they take much room", () => {
    const many = new RecentReadTimes();
    for (let from = 0; from < 100_000; from += 100)
      many.see(
        burst(
          from,
          from + 50,
          Array.from({ length: 10 }, (_, index) => from + index),
        ),
      );
    const { times, looked } = many.within("sensor.a", 0, 100_000);
    expect(times.length).toBeLessThanOrEqual(2_000);
    expect(times.at(-1)).toBe(99_909);
    expect(looked.length).toBeLessThanOrEqual(1_000);
    expect(looked[0]?.[0]).toBeGreaterThanOrEqual(times[0] as number);
  });
});
