import { describe, expect, it } from "vitest";
import { StorageUpkeep } from "#app/storage-upkeep.ts";
import { silentLogger } from "#core/logger.ts";
import { Backups, MemoryVolume, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";

const hour = 3_600_000;
const day = 24 * hour;

/** A store with a value every ten minutes for `days` days, until now. */
async function newUpkeep(days: number, { retentionDays = 0, retentionBytes = 0 } = {}) {
  const clock = new ManualClock();
  const volume = new MemoryVolume();
  const storage = await Storage.open({ at: volume, clock, logger: silentLogger });
  const samples = Array.from({ length: days * 144 }, (_, index) => ({
    series: "sensor.a",
    time: clock.now() - (days * 144 - index) * 600_000,
    state: String((index * index * 7_919) % 1_000_003),
  }));
  for (let begin = 0; begin < samples.length; begin += 2_100) {
    await storage.series.append(samples.slice(begin, begin + 2_100));
    await storage.series.flush();
  }
  const told: string[] = [];
  const logger = { ...silentLogger, error: (text: string): void => void told.push(text) };
  const backups = new Backups({ directory: "/none", clock, logger });
  const upkeep = new StorageUpkeep({
    storage,
    backups,
    clock,
    homeClock: clock,
    logger,
    retentionDays,
    retentionBytes,
  });
  await upkeep.start();
  return { clock, volume, storage, upkeep, samples, told };
}

describe("the upkeep of the store", () => {
  it("makes old blocks dense and checks every byte, a quarter of an hour after the start", async () => {
    const { clock, storage, upkeep, samples } = await newUpkeep(90);
    const before = (await storage.inspect()).bytes;
    expect(upkeep.health()).toEqual({ activity: "idle" });
    await clock.advance(hour / 4);
    await expect.poll(() => upkeep.health().verified).toEqual({ at: clock.now(), ok: true });
    const after = await storage.inspect();
    expect(after.samples).toBe(samples.length);
    expect(after.bytes).toBeLessThan(before);
    await upkeep.stop();
  });

  it("says how far a check is, and ends it when asked, without a verdict", async () => {
    const { storage, upkeep } = await newUpkeep(30);
    const seen: unknown[] = [];
    const verify = storage.verify.bind(storage);
    storage.verify = (options = {}) =>
      verify({
        ...options,
        onProgress: (done, of) => {
          options.onProgress?.(done, of);
          seen.push(upkeep.health());
          upkeep.stopVerifying();
        },
      });
    await upkeep.verifyNow();
    expect(seen[0]).toEqual({ activity: "verifying", verifying: { done: 0, of: (await storage.chunks()).length } });
    expect(upkeep.health()).toEqual({ activity: "idle" });
    storage.verify = verify;
    await upkeep.verifyNow();
    expect(upkeep.health().verified?.ok).toBe(true);
    await upkeep.stop();
  });

  it("removes what is older than the option says, but never the last thirty days", async () => {
    const { clock, storage, upkeep } = await newUpkeep(90, { retentionDays: 3 });
    await clock.advance(hour / 4);
    await expect.poll(() => upkeep.health().verified).toBeDefined();
    const { oldest = 0, samples } = storage.series.totals();
    expect(clock.now() - oldest).toBeGreaterThan(30 * day);
    expect(clock.now() - oldest).toBeLessThan(60 * day);
    expect(samples).toBeLessThan(60 * 144);
    const hours = await storage.series.summarize("sensor.a", { from: clock.now() - 80 * day, to: oldest, step: hour });
    expect(hours.reduce((sum, each) => sum + each.samples, 0)).toBeGreaterThan(20 * 144);
    await upkeep.stop();
  });

  it("says so when something is damaged, mends what it can, and looks again the next day", async () => {
    const { clock, volume, storage, upkeep, told } = await newUpkeep(60);
    for (const name of await volume.list()) {
      const bytes = volume.content(name);
      if (!name.startsWith("chunk") || bytes.length < 1_000) continue;
      bytes[500] = (bytes[500] as number) ^ 1;
      volume.setContent(name, bytes);
    }
    await clock.advance(hour / 4);
    await expect.poll(() => upkeep.health().verified?.ok).toBe(false);
    expect(told).toEqual(["The daily check of the store found damage"]);
    const first = upkeep.health().verified?.at ?? 0;
    await expect.poll(() => clock.pendingTimers).toBeGreaterThan(0);
    for (let passed = 0; passed < 25; passed += 1) {
      await clock.advance(hour);
      await expect.poll(() => clock.pendingTimers).toBeGreaterThan(0);
    }
    expect(upkeep.health().verified?.at ?? 0).toBeGreaterThanOrEqual(first + day);
    // What could not be read is given up by now, and said so; the rest is whole.
    expect(upkeep.health().verified?.ok).toBe(true);
    expect((await storage.verify()).faults).toEqual([]);
    await upkeep.stop();
  });

  it("is done at once when somebody asks for it, one after the other", async () => {
    const { clock, storage, upkeep } = await newUpkeep(3);
    const before = (await storage.inspect()).bytes;
    const asked = [upkeep.compactNow(), upkeep.verifyNow()];
    await new Promise((resolve) => void setImmediate(resolve));
    expect(upkeep.health().activity).toBe("compacting");
    await asked[0];
    expect((await storage.inspect()).bytes).toBeLessThan(before);
    await asked[1];
    expect(upkeep.health()).toEqual({ activity: "idle", verified: { at: clock.now(), ok: true } });
    await upkeep.stop();
  });
});
