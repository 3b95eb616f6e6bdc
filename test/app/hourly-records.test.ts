import { describe, expect, it } from "vitest";
import { administrators } from "#app/administrators.ts";
import { HourlyRecords } from "#app/hourly-records.ts";
import { parseAdministrators } from "#bridge/users.ts";
import { silentLogger } from "#core/logger.ts";
import type { Overview } from "#model/overview.ts";
import { Repository } from "#repository/repository.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { busOverview, overviewOf } from "../support/overview.ts";

const hour = 3_600_000;

describe("what each hour was like", () => {
  it("is written down at its end, and what is older than three years goes", async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 0, 30));
    const storage = await Storage.open({ at: new MemoryVolume(), clock, logger: silentLogger });
    await using _closed = storage;
    const repository = await Repository.open(storage);
    await repository.recordHour({ time: Date.UTC(2022, 11, 1), loads: { line: 0.9 }, written: 1 }, 0);
    let overview: Overview = overviewOf({ buses: [busOverview("line", 0.31), busOverview("new", 0, 0)] });
    const service = new HourlyRecords({ repository, clock, logger: silentLogger, overview: () => overview });
    await service.start();
    const { storage: health } = overview;
    overview = { ...overview, storage: { ...health, bytesWritten: 5_000 } };
    await clock.advance(hour / 2);
    overview = { ...overview, storage: { ...health, bytesWritten: 12_000 } };
    await clock.advance(hour);
    await service.stop();
    await clock.advance(hour);
    expect(await repository.hourlyRecords.since(0)).toEqual([
      { time: Date.UTC(2026, 0, 1, 1), loads: { line: 0.31 }, written: 5_000 },
      { time: Date.UTC(2026, 0, 1, 2), loads: { line: 0.31 }, written: 7_000 },
    ]);
    expect(await repository.hourlyRecords.since(Date.UTC(2026, 0, 1, 2))).toHaveLength(1);
  });

  it("does not stop because an hour could not be written", async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 0, 30));
    const told: string[] = [];
    const logger = { ...silentLogger, warn: (text: string): void => void told.push(text) };
    const repository = { recordHour: () => Promise.reject(new Error("disk full")) } as unknown as Repository;
    const service = new HourlyRecords({ repository, clock, logger, overview: () => overviewOf() });
    await service.start();
    await clock.advance(2 * hour);
    expect(told).toHaveLength(2);
    await service.stop();
  });
});

describe("who is an administrator", () => {
  const users = [
    { id: "owner", is_owner: true, is_active: true, group_ids: [] },
    { id: "admin", is_owner: false, is_active: true, group_ids: ["system-admin"] },
    { id: "gone", is_owner: false, is_active: false, group_ids: ["system-admin"] },
    { id: "guest", is_owner: false, is_active: true, group_ids: ["system-users"] },
    { id: 7, is_owner: true },
    null,
  ];

  it("is said by Home Assistant's list, of active users alone", () => {
    expect(parseAdministrators(users)).toEqual(["owner", "admin"]);
    for (const odd of [undefined, null, {}, "x", 3]) expect(parseAdministrators(odd)).toEqual([]);
  });

  it("is asked once a minute, and nobody is one while that cannot be known", async () => {
    const clock = new ManualClock();
    let asked = 0;
    let answer: () => Promise<ReadonlySet<string>> = () => Promise.reject(new Error("away"));
    const list = (): Promise<ReadonlySet<string>> => {
      asked += 1;
      return answer();
    };
    const isAdministrator = administrators({ clock, logger: silentLogger, list });
    expect(await isAdministrator("owner")).toBe(false);
    answer = () => Promise.resolve(new Set(["owner"]));
    expect([await isAdministrator("owner"), await isAdministrator("guest")]).toEqual([true, false]);
    expect(asked).toBe(2);
    answer = () => Promise.resolve(new Set());
    await clock.advance(61_000);
    expect(await isAdministrator("owner")).toBe(false);
  });
});
