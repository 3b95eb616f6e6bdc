import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { Knowledge } from "#app/knowledge.ts";
import { restoreKnowledge } from "#app/learning.ts";
import { migrateAtStart, migrateLegacy, type MigrateReport } from "#app/migrate.ts";
import { silentLogger } from "#core/logger.ts";
import { Repository } from "#repository/repository.ts";
import { Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

const clock = new ManualClock(Date.UTC(2026, 10, 21, 12));
const open = (): Promise<Storage> =>
  Storage.open({ at: folder.at("store"), clock, logger: silentLogger, create: true });

function writeLegacy(name: string, updated: number): void {
  mkdirSync(folder.at(name), { recursive: true });
  const record = `{"poll_count": 432, "value_changes": 13, "last_stats_update": ${updated}.0, "polls_per_hour": 120.0}`;
  writeFileSync(folder.at(name, "entity_stats.json"), `{"sensor.a": ${record}, "__proto__": ${record}}`);
  writeFileSync(
    folder.at(name, "interval_history.json"),
    '{"sensor.a": [{"timestamp": 1754000001.0, "interval": 30, "pattern": null}]}',
  );
  writeFileSync(folder.at(name, "clusters.json"), '{"cluster_0": ["sensor.a", "sensor.b"]}');
}

async function migrate(from: string, keep = false): Promise<MigrateReport> {
  await using storage = await open();
  const repository = await Repository.open(storage);
  return await migrateLegacy({
    repository,
    from: folder.at(from),
    clock,
    keep,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

describe("a migration", () => {
  it("stores everything under its origin, and renames the folder once it is stored", async () => {
    writeLegacy("modbus_state", 1_754_000_000);
    const report = await migrate(".");
    expect(report).toMatchObject({ written: 4, unchanged: 0, notSetAside: [] });
    expect(report.setAside).toEqual([folder.at("modbus_state.migrated-2026-11-21T12-00-00Z")]);
    expect(existsSync(folder.at("modbus_state"))).toBe(false);
    expect(readdirSync(report.setAside[0] as string)).toHaveLength(3);
    await using storage = await open();
    const repository = await Repository.open(storage);
    expect([...(await repository.legacy.entities()).keys()]).toEqual(["sensor.a"]);
    expect(await repository.legacy.statistics("__proto__")).toMatchObject({ name: "__proto__", polls: 432 });
    expect(await repository.intervalHistory.all()).toMatchObject([
      { entityId: "sensor.a", time: 1_754_000_001_000, interval: 30, origin: "legacy" },
    ]);
    expect(await repository.legacy.contents("clusters")).toMatchObject([
      { content: { cluster_0: ["sensor.a", "sensor.b"] } },
    ]);
    expect(await repository.legacy.hasImported(folder.at("modbus_state"))).toBe(true);
  });

  it("done twice changes nothing", async () => {
    writeLegacy("modbus_state", 1_754_000_000);
    await migrate("modbus_state", true);
    expect(await migrate("modbus_state", true)).toMatchObject({ written: 0, unchanged: 4, setAside: [] });
  });

  it("of an older folder keeps what is fresher, and what either of them brought", async () => {
    writeLegacy("new", 1_754_000_002);
    writeLegacy("old", 1_754_000_001);
    writeFileSync(folder.at("old", "clusters.json"), '{"cluster_0": ["sensor.c", "sensor.d"]}');
    await migrate("new");
    await migrate("old");
    await using storage = await open();
    const repository = await Repository.open(storage);
    expect(await repository.legacy.statistics("sensor.a")).toMatchObject({ updated: 1_754_000_002_000 });
    expect(await repository.legacy.contents("clusters")).toHaveLength(2);
  });

  it("leaves a folder alone that changes while it is read, and can be repeated", async () => {
    writeLegacy("modbus_state", 1_754_000_000);
    {
      await using storage = await open();
      const repository = await Repository.open(storage);
      const running = migrateLegacy({
        repository,
        from: folder.path,
        clock,
        signal: new AbortController().signal,
        onProgress: (text) => {
          if (text === "Comparing") writeLegacy("modbus_state", 1_754_000_009);
        },
      });
      await expect(running).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
    }
    expect(existsSync(folder.at("modbus_state"))).toBe(true);
    expect(await migrate(".")).toMatchObject({ notSetAside: [] });
    expect(existsSync(folder.at("modbus_state"))).toBe(false);
  });

  it("says when there is nothing to take over", async () => {
    writeFileSync(folder.at("meta.json"), "{}");
    await expect(migrate(".")).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
  });

  it("can be stopped, and nothing was renamed then", async () => {
    writeLegacy("modbus_state", 1_754_000_000);
    await using storage = await open();
    const repository = await Repository.open(storage);
    const stopped = AbortSignal.abort();
    const running = migrateLegacy({
      repository,
      from: folder.path,
      clock,
      signal: stopped,
      onProgress: () => undefined,
    });
    await expect(running).rejects.toThrow("aborted");
    expect(existsSync(folder.at("modbus_state"))).toBe(true);
  });
});

describe("at the start of the daemon", () => {
  const start = async (): Promise<Repository> => {
    const storage = await open();
    const repository = await Repository.open(storage);
    await migrateAtStart({ repository, home: folder.path, clock, logger: silentLogger });
    await storage.close();
    return repository;
  };

  it("both folders are taken over by themselves, once", async () => {
    writeLegacy("modbus_state", 1_754_000_000);
    writeLegacy("modbus_statistics", 1_754_000_001);
    await start();
    expect(readdirSync(folder.path).filter((name) => name.startsWith("modbus_"))).toEqual([
      "modbus_state.migrated-2026-11-21T12-00-00Z",
      "modbus_statistics.migrated-2026-11-21T12-00-00Z",
    ]);
    await using storage = await open();
    const repository = await Repository.open(storage);
    expect(await repository.legacy.statistics("sensor.a")).toMatchObject({ updated: 1_754_000_001_000 });
  });

  it("a folder that holds nothing, or none at all, keeps nothing from starting", async () => {
    mkdirSync(folder.at("modbus_state"));
    await start();
    expect(existsSync(folder.at("modbus_state"))).toBe(true);
  });

  it("what was counted is prior knowledge of the advice", async () => {
    writeLegacy("modbus_state", 1_754_000_000);
    await migrate(".");
    await using storage = await open();
    const repository = await Repository.open(storage);
    const knowledge = new Knowledge();
    await restoreKnowledge(repository, knowledge);
    knowledge.setEntities([{ entityId: "sensor.a", integration: "modbus", name: "A", configEntryId: "x" }]);
    const [entity] = knowledge.describe(clock.now(), 0.5).entities;
    expect(entity?.advice).toMatchObject({ origin: "legacy", present: 30, recommended: 180 });
  });
});
