import { afterEach, describe, expect, it } from "vitest";
import { BackupSchedule } from "#app/backup-schedule.ts";
import { silentLogger } from "#core/logger.ts";
import { Backups, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const hour = 3_600_000;
let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

async function newSchedule(clock: ManualClock, { interval = 24 * hour, keep = 3 } = {}) {
  const backups = new Backups({ directory: folder.path, clock, logger: silentLogger });
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string): void => void warnings.push(message) };
  const schedule = new BackupSchedule({ backups, clock, logger, interval, keep: { newest: keep } });
  await schedule.start();
  const until = async (count: number): Promise<number[]> => {
    await expect.poll(async () => (await backups.list()).length, { timeout: 5_000 }).toBe(count);
    await expect.poll(() => clock.pendingTimers).toBeGreaterThan(0);
    return (await backups.list()).map(({ time }) => time);
  };
  return { schedule, backups, warnings, until };
}

async function newStore(clock: ManualClock): Promise<void> {
  await using storage = await Storage.open({ at: folder.path, clock, logger: silentLogger, create: true });
  await storage.series.append([{ series: "sensor.a", time: 1, state: "1" }]);
}

describe("backups by themselves", () => {
  it("come an hour after the first start, then once an interval, and the oldest go", async () => {
    const clock = new ManualClock();
    await newStore(clock);
    const { schedule, until } = await newSchedule(clock);
    expect(schedule.health()).toEqual({ making: false });
    await clock.advance(hour - 1);
    expect(await until(0)).toEqual([]);
    await clock.advance(1);
    const [first] = await until(1);
    expect(schedule.health()).toEqual({ making: false, lastBackupAt: first });
    for (let day = 2; day <= 3; day += 1) {
      await clock.advance(24 * hour);
      await until(day);
    }
    await clock.advance(24 * hour);
    await expect.poll(() => schedule.health().lastBackupAt).toBe((first as number) + 72 * hour);
    const times = await until(3);
    expect(times[0]).toBe((first as number) + 24 * hour);
    await schedule.stop();
  });

  it("go on across a restart: not sooner than the last one asks for, and at once when it is overdue", async () => {
    const clock = new ManualClock();
    await newStore(clock);
    await new Backups({ directory: folder.path, clock, logger: silentLogger }).create();
    await clock.advance(20 * hour);
    const early = await newSchedule(clock);
    await clock.advance(3 * hour);
    expect((await early.backups.list()).length).toBe(1);
    await early.schedule.stop();
    await clock.advance(48 * hour);
    const late = await newSchedule(clock);
    await clock.advance(0);
    await late.until(2);
    await late.schedule.stop();
  });

  it("that fail are told of and tried again an hour later", async () => {
    const clock = new ManualClock();
    const { schedule, warnings, until } = await newSchedule(clock);
    await clock.advance(hour);
    await expect.poll(() => warnings.length).toBe(1);
    expect(warnings[0]).toMatch(/No backup could be made; it is tried again in an hour\. There is no store in/);
    await newStore(clock);
    await expect.poll(() => clock.pendingTimers).toBe(1);
    await clock.advance(hour);
    await until(1);
    await schedule.stop();
  });

  it("are none when that was asked for, and none after the end", async () => {
    const clock = new ManualClock();
    await newStore(clock);
    const { schedule, backups } = await newSchedule(clock, { interval: 0 });
    await clock.advance(1_000 * hour);
    const ended = await newSchedule(clock);
    await ended.schedule.stop();
    await clock.advance(1_000 * hour);
    expect(await backups.list()).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
    await schedule.stop();
  });

  it("are made at once when somebody asks, also where none are made by themselves", async () => {
    const clock = new ManualClock();
    await newStore(clock);
    const { schedule, backups } = await newSchedule(clock, { interval: 0 });
    const asked = schedule.backupNow();
    await new Promise((resolve) => void setImmediate(resolve));
    expect(schedule.health().making).toBe(true);
    await asked;
    expect(schedule.health()).toEqual({ making: false, lastBackupAt: clock.now() });
    expect((await backups.list()).map(({ time }) => time)).toEqual([clock.now()]);
    expect(clock.pendingTimers).toBe(0);
    await schedule.stop();
  });
});
