import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Knowledge } from "#app/knowledge.ts";
import { Learning } from "#app/learning.ts";
import { renamesBetween } from "#bridge/renames.ts";
import { CadenceError } from "#core/errors.ts";
import { silentLogger } from "#core/logger.ts";
import type { IntakeBatch } from "#ingest/intake-batch.ts";
import type { Entity } from "#model/entity.ts";
import type { Reading } from "#model/reading.ts";
import { Repository } from "#repository/repository.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { seeded } from "../support/random.ts";
import { readingsOf } from "../support/readings.ts";

const entity: Entity = { entityId: "sensor.a", integration: "modbus", name: "A", stateClass: "measurement" };
const batchOf = (readings: readonly Reading[], rest: Partial<IntakeBatch> = {}): IntakeBatch => ({
  readings,
  renamed: [],
  backfilled: [],
  closedGaps: [],
  ...rest,
});
const gapClosed: Partial<IntakeBatch> = { closedGaps: [{ from: 0, to: 1, cause: "start" }] };

async function open(volume: MemoryVolume) {
  const clock = new ManualClock();
  const storage = await Storage.open({ at: volume, clock, logger: silentLogger, create: true });
  const repository = await Repository.open(storage);
  const knowledge = new Knowledge();
  const learning = new Learning({ repository, knowledge, logger: silentLogger, clock });
  await learning.start();
  return { clock, volume, storage, repository, knowledge, learning };
}

const random = seeded(5);
const rows = Array.from({ length: 400 }, (_, index) => [index * 5_000, (20 + random() * 3).toFixed(1)] as const);
const figures = (knowledge: Knowledge) => structuredClone(knowledge.statistics.states.get("sensor.a"));

async function learnedInOrder() {
  const { learning, knowledge } = await open(new MemoryVolume());
  await learning.take(batchOf(readingsOf(rows)));
  return figures(knowledge);
}

describe("what is learned", () => {
  it("does not depend on how the samples were cut into batches, nor on their order once a gap is closed", async () => {
    const expected = await learnedInOrder();
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }), async (order) => {
        const { learning, knowledge } = await open(new MemoryVolume());
        for (const part of order) await learning.take(batchOf(readingsOf(rows.slice(part * 50, part * 50 + 50))));
        await learning.take(batchOf([], gapClosed));
        expect(figures(knowledge)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  it("is not changed by samples that come twice", async () => {
    const expected = await learnedInOrder();
    const { learning, knowledge } = await open(new MemoryVolume());
    expect(await learning.take(batchOf(readingsOf(rows)))).toBe(400);
    expect(await learning.take(batchOf(readingsOf(rows)))).toBe(0);
    expect(await learning.take(batchOf(readingsOf(rows.slice(100, 200)), gapClosed))).toBe(0);
    expect(figures(knowledge)).toEqual(expected);
  });

  it("is there after an orderly end, and goes on as if there had been none", async () => {
    const volume = new MemoryVolume();
    const first = await open(volume);
    first.knowledge.setEntities([entity]);
    await first.learning.take(
      batchOf(readingsOf(rows.slice(0, 200)), { coveredUntil: 1_000_000, backfilled: ["sensor.a"] }),
    );
    first.knowledge.seePolls({
      from: 0,
      to: 50_000,
      period: 1_000,
      polls: Array.from({ length: 10 }, (_, index) => ({ entityId: "sensor.a", time: index * 5_000 })),
    });
    await first.learning.stop();
    await first.storage.close();
    const second = await open(volume);
    expect(second.knowledge.entities).toEqual([entity]);
    expect(second.knowledge.intervals.interval("sensor.a")?.seconds).toBe(5);
    expect([second.repository.runtimeState.coveredUntil, [...second.repository.runtimeState.backfilled]]).toEqual([
      1_000_000,
      ["sensor.a"],
    ]);
    await second.learning.take(batchOf(readingsOf(rows.slice(200))));
    expect(figures(second.knowledge)).toEqual(await learnedInOrder());
  });

  it("is made again from the samples after a crash, whenever it was last saved", async () => {
    for (const saveAfter of [undefined, 60_000]) {
      const volume = new MemoryVolume();
      const first = await open(volume);
      await first.learning.take(batchOf(readingsOf(rows.slice(0, 150))));
      if (saveAfter !== undefined) await first.clock.advance(saveAfter);
      await first.learning.take(batchOf(readingsOf(rows.slice(200))));
      // Late, behind what was learned, and not yet learned again when the program is killed.
      await first.learning.take(batchOf(readingsOf(rows.slice(150, 200))));
      await first.storage.sync();
      const second = await open(volume.crash(random));
      expect(figures(second.knowledge)).toEqual(await learnedInOrder());
    }
  });

  it("is stored every hour, and which entities there are within minutes", async () => {
    const { clock, learning, knowledge, repository } = await open(new MemoryVolume());
    const samplesStored = async (): Promise<unknown> => {
      const stored = await repository.entityStats.get("sensor.a");
      return (stored?.statistics as { samples?: number } | undefined)?.samples;
    };
    await learning.take(batchOf(readingsOf(rows.slice(0, 100))));
    await clock.advance(60_000);
    expect(await samplesStored()).toBe(100);
    await learning.take(batchOf(readingsOf(rows.slice(100, 200))));
    await clock.advance(600_000);
    expect(await samplesStored()).toBe(100);
    knowledge.setEntities([entity, { ...entity, entityId: "sensor.b" }]);
    await clock.advance(300_000);
    expect((await repository.home.get()).entities).toHaveLength(2);
    await learning.take(batchOf(readingsOf(rows.slice(200))));
    await clock.advance(3_600_000);
    expect(await samplesStored()).toBe(rows.length);
  });

  it("of an unknown version is made again instead of being misread", async () => {
    const volume = new MemoryVolume();
    const first = await open(volume);
    await first.learning.take(batchOf(readingsOf(rows)));
    await first.repository.commit((batch) =>
      first.repository.entityStats.stage(batch, "sensor.a", {
        statistics: { version: 99, samples: 400 },
        interval: null,
      }),
    );
    await first.storage.close();
    const second = await open(volume);
    expect(figures(second.knowledge)).toEqual(await learnedInOrder());
  });
});

describe("a renamed entity", () => {
  it("keeps everything that is known of it, also after a start that comes at once", async () => {
    const volume = new MemoryVolume();
    const { learning, knowledge, repository, storage } = await open(volume);
    await learning.take(batchOf(readingsOf(rows), { backfilled: ["sensor.a"], coveredUntil: 9 }));
    knowledge.intervals.addGaps([1, 2, 3].map((index) => ({ entityId: "sensor.a", from: index, to: index + 5_000 })));
    const before = figures(knowledge);
    await repository.longTermStatistics.store([{ entityId: "sensor.a", start: 0, mean: 1, minimum: 1, maximum: 1 }]);
    const decided = { entityId: "sensor.a", time: 7, interval: 30, reason: "why", origin: "advice" as const };
    await repository.commit((batch) => repository.intervalHistory.stage(batch, decided));
    await learning.save();
    await learning.take(batchOf([], { renamed: [{ from: "sensor.a", to: "sensor.z" }] }));
    const check = async (known: Knowledge, kept: Repository): Promise<void> => {
      expect(kept.samples.extent("sensor.a")).toBeUndefined();
      expect(kept.samples.extent("sensor.z")?.samples).toBe(rows.length);
      expect(structuredClone(known.statistics.states.get("sensor.z"))).toEqual(before);
      expect(structuredClone(known.statistics.states.get("sensor.a"))).toBeUndefined();
      expect(kept.runtimeState.backfilled.has("sensor.z")).toBe(true);
      expect(await kept.longTermStatistics.read("sensor.z")).toHaveLength(1);
      expect(await kept.intervalHistory.all()).toEqual([{ ...decided, entityId: "sensor.z" }]);
    };
    await check(knowledge, repository);
    expect(knowledge.intervals.interval("sensor.z")?.seconds).toBe(5);
    await storage.close();
    const next = await open(volume);
    await check(next.knowledge, next.repository);
    // Told once more, after it was cut off: nothing is left to do.
    await next.learning.take(batchOf([], { renamed: [{ from: "sensor.a", to: "sensor.z" }] }));
    await check(next.knowledge, next.repository);
  });

  it("that swaps ids with another one keeps its own past, wherever a crash cuts it off", async () => {
    const other = (reading: Reading): Reading => ({ ...reading, entityId: "sensor.b" });
    const known = ["sensor.a", "sensor.b"].map((entityId) => ({ ...entity, entityId, uniqueId: entityId }));
    const now = [{ ...known[0], entityId: "sensor.b" } as Entity, { ...known[1], entityId: "sensor.a" } as Entity];
    for (let allowed = 0; ; allowed += 1) {
      const begun = await open(new MemoryVolume());
      begun.knowledge.setEntities(known);
      await begun.learning.take(
        batchOf([...readingsOf(rows.slice(0, 9)), ...readingsOf(rows.slice(9, 30)).map(other)]),
      );
      await begun.learning.save();
      await begun.storage.sync();
      const volume = begun.volume;
      let operations = 0;
      const failing = volume.crash(() => 0.99, {
        onOperation: () => {
          operations += 1;
          if (operations > allowed) throw new CadenceError("STORE_IO", "The power is off.");
        },
      });
      let done = false;
      try {
        const { learning, knowledge } = await open(failing);
        await learning.take(batchOf([], { renamed: renamesBetween(knowledge.entities, now) }));
        done = true;
      } catch (error) {
        if (!(error instanceof CadenceError)) throw error;
      }
      const next = await open(failing.crash(() => 0.99));
      const left = renamesBetween(next.knowledge.entities, now);
      await next.learning.take(batchOf([], { renamed: left }));
      expect(next.repository.samples.extent("sensor.b")?.samples, `cut off after ${allowed}`).toBe(9);
      expect(next.repository.samples.extent("sensor.a")?.samples, `cut off after ${allowed}`).toBe(21);
      expect(next.repository.samples.entityIds()).toHaveLength(2);
      if (done) return expect(allowed).toBeGreaterThan(5);
    }
  });

  it("whose new id has a past of its own is learned from both", async () => {
    const { learning, knowledge, repository } = await open(new MemoryVolume());
    const half = rows.length / 2;
    await learning.take(batchOf(readingsOf(rows.slice(0, half))));
    const late = readingsOf(rows.slice(half)).map((reading) => ({ ...reading, entityId: "sensor.z" }));
    await learning.take(batchOf(late));
    await learning.take(batchOf([], { renamed: [{ from: "sensor.a", to: "sensor.z" }] }));
    expect(repository.samples.extent("sensor.z")?.samples).toBe(rows.length);
    expect(structuredClone(knowledge.statistics.states.get("sensor.z"))).toEqual(await learnedInOrder());
  });
});

describe("a store that fails", () => {
  it("keeps the batch from being learned", async () => {
    const { learning, knowledge, storage } = await open(new MemoryVolume());
    await storage.close();
    await expect(learning.take(batchOf(readingsOf(rows)))).rejects.toMatchObject({ code: "STORE_CLOSED" });
    expect(figures(knowledge)).toBeUndefined();
  });
});
