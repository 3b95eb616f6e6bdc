import { describe, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { correlationOf } from "#model/correlation-matrix.ts";
import { StatisticsStorageManager } from "#repository/manager.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";

async function newManager(volume = new MemoryVolume(), clock = new ManualClock()) {
  const storage = await Storage.open({ at: volume, clock, logger: silentLogger });
  const manager = await StatisticsStorageManager.open({ storage, clock, logger: silentLogger });
  return { volume, clock, storage, manager };
}

const record = (entityId: string, time: number, interval: number) => ({
  entityId,
  time,
  interval,
  reason: "it moves slowly.",
  origin: "advice",
});

describe("the statistics storage manager", () => {
  it("answers at once what was set, and finds all of it again after a flush", async () => {
    const { volume, clock, storage, manager } = await newManager();
    manager.setEntityStatistics("sensor.a", { polls: 5, since: new Date(7) });
    manager.setPattern("night", { hours: [22, 23] });
    manager.setClusters(new Map([["heating", ["sensor.a", "sensor.b"]]]));
    manager.setCorrelationMatrix({
      entityIds: ["sensor.a", "sensor.b"],
      values: Float64Array.of(1, 0.5, 0.5, 1),
      computedAt: 9,
    });
    manager.addIntervalRecord(record("sensor.a", 1_000, 30));
    expect(manager.entityStatistics("sensor.a")).toEqual({ polls: 5, since: new Date(7) });
    expect((await manager.storageInfo()).unwritten).toBe(5);
    await manager.flush();
    await storage.close();
    const again = (await newManager(volume, clock)).manager;
    expect(again.allEntityStatistics().get("sensor.a")).toEqual({ polls: 5, since: new Date(7) });
    expect(again.pattern("night")).toEqual({ hours: [22, 23] });
    expect([...again.patterns().keys()]).toEqual(["night"]);
    expect([...again.clusters()]).toEqual([["heating", ["sensor.a", "sensor.b"]]]);
    const matrix = again.correlationMatrix();
    expect(matrix && correlationOf(matrix, "sensor.b", "sensor.a")).toBe(0.5);
    expect(matrix && correlationOf(matrix, "sensor.b", "sensor.c")).toBeUndefined();
    expect(await again.storageInfo()).toMatchObject({
      entities: 1,
      patterns: 1,
      clusters: 1,
      correlated: 2,
      intervalRecords: 1,
      unwritten: 0,
    });
  });

  it("filters the history of intervals by entity, time and number", async () => {
    const { manager } = await newManager();
    for (let day = 1; day <= 4; day += 1) {
      manager.addIntervalRecord(record("sensor.a", day * 1_000, day * 10));
      manager.addIntervalRecord(record("sensor.b", day * 1_000 + 1, day * 100));
    }
    manager.addIntervalRecord(record("sensor.a", 4_000, 45));
    const intervals = (filter: object): number[] => manager.intervalHistory(filter).map(({ interval }) => interval);
    expect(intervals({ entityId: "sensor.a" })).toEqual([10, 20, 30, 45]);
    expect(intervals({ entityId: "sensor.b", since: 3_001 })).toEqual([300, 400]);
    expect(intervals({ limit: 3 })).toEqual([300, 45, 400]);
    expect(intervals({ entityId: "sensor.none" })).toEqual([]);
  });

  it("writes by itself after a while, and forgets clusters that are no more", async () => {
    const { clock, storage, manager } = await newManager();
    manager.setClusters(new Map([["old", ["sensor.a"]]]));
    await clock.advance(60_000);
    await expect.poll(async () => (await manager.storageInfo()).unwritten).toBe(0);
    manager.setClusters(new Map([["new", ["sensor.a"]]]));
    await manager.flush();
    expect(await storage.collection({ name: "clusters", version: 1 }).count()).toBe(1);
    expect(await manager.deleteEntityStatistics("sensor.none")).toBe(false);
  });

  it("keeps what could not be written, and writes it the next time", async () => {
    const { storage, manager } = await newManager();
    const write = storage.write.bind(storage);
    storage.write = () => Promise.reject(new Error("the disk is away"));
    await expect(manager.saveEntityStatistics("sensor.a", { polls: 1 })).rejects.toThrow("the disk is away");
    expect(manager.entityStatistics("sensor.a")).toEqual({ polls: 1 });
    expect((await manager.storageInfo()).unwritten).toBe(1);
    storage.write = write;
    await manager.saveEntityStatistics("sensor.b", { polls: 2 });
    expect(await storage.collection({ name: "statistics", version: 1 }).get("sensor.a")).toEqual({ polls: 1 });
  });

  it("is the only one of its folder", async () => {
    const { volume } = await newManager();
    await expect(newManager(volume)).rejects.toMatchObject({ code: "STORE_LOCKED" });
  });
});
