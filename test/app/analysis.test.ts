import { describe, expect, it } from "vitest";
import { Analysis } from "#app/analysis.ts";
import { Knowledge } from "#app/knowledge.ts";
import { Learning, restoreKnowledge } from "#app/learning.ts";
import { silentLogger } from "#core/logger.ts";
import { normalize } from "#ingest/normalize.ts";
import type { Entity } from "#model/entity.ts";
import { compactTrace } from "#pipeline/grid/trace.ts";
import type { StoredCourse } from "#repository/courses.ts";
import { Repository } from "#repository/repository.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { seeded } from "../support/random.ts";
import { autoregressive } from "../support/signals.ts";

const start = 1_700_000_000_000;
const names = ["power_l1", "power_l2", "power", "outdoor"];
const entities: Entity[] = names.map((name) => ({ entityId: `sensor.${name}`, integration: "modbus", name }));

async function open(volume: MemoryVolume) {
  const clock = new ManualClock(start);
  const storage = await Storage.open({ at: volume, clock, logger: silentLogger, create: true });
  const repository = await Repository.open(storage);
  const knowledge = new Knowledge();
  const learning = new Learning({ repository, knowledge, logger: silentLogger, clock });
  await learning.start();
  return { clock, storage, repository, knowledge, learning };
}

/** Two phases, their sum, and something else; a value each ten seconds. */
function readings(from: number, to: number) {
  const [a, b, c] = [1, 2, 3].map((seed) => autoregressive(0.98, 1_200, seed).map((value) => Math.round(value * 30)));
  return Array.from({ length: to - from }, (_, index) => index + from).flatMap((row) =>
    [a![row]!, b![row]!, a![row]! + b![row]!, c![row]!].map((value, at) =>
      normalize({ entityId: `sensor.${names[at]}`, time: start + row * 10_000 + at, state: String(value) })!,
    ),
  );
}
const batch = (from: number, to: number) => ({
  readings: readings(from, to),
  renamed: [],
  backfilled: [],
  closedGaps: [],
});

describe("findings of the daemon", () => {
  it("come by themselves, and clusters keep their ids over a restart", async () => {
    const volume = new MemoryVolume();
    const first = await open(volume);
    first.knowledge.setEntities(entities);
    await first.learning.take(batch(0, 1_200));
    const analysis = new Analysis({ ...first, logger: silentLogger, budget: () => 0.5 });
    await analysis.start();
    expect(first.knowledge.findings.at).toBe(0);
    await first.clock.advance(120_000);
    await expect.poll(() => first.knowledge.findings.at).toBeGreaterThan(0);
    const { findings } = first.knowledge;
    expect(findings.identities).toMatchObject([
      { kind: "sum", entityId: "sensor.power", terms: ["sensor.power_l1", "sensor.power_l2"] },
    ]);
    expect(findings.relations.some(({ proven, a, b }) => proven && `${a} ${b}`.includes("outdoor"))).toBe(false);
    await analysis.stop();
    await first.learning.stop();
    const kept = await first.repository.clusters.get();
    await first.storage[Symbol.asyncDispose]();
    const second = await open(volume);
    expect(await second.repository.clusters.get()).toEqual(kept);
    // Known from the start on, before anything is compared again.
    const again = new Analysis({ ...second, logger: silentLogger, budget: () => 0.5 });
    await again.start();
    const { matrix, clusters, at } = second.knowledge.findings;
    expect([at, clusters, matrix!.entityIds]).toEqual([0, kept, findings.matrix!.entityIds]);
    for (const [index, value] of matrix!.values.entries()) {
      expect(Math.abs(value - findings.matrix!.values[index]!)).toBeLessThan(0.004);
    }
    await again.stop();
    await second.storage[Symbol.asyncDispose]();
  });

  it("are about the same courses after a crash as without one", async () => {
    const volume = new MemoryVolume();
    const first = await open(volume);
    first.knowledge.setEntities(entities);
    await first.learning.take(batch(0, 500));
    await first.learning.stop();
    await first.storage[Symbol.asyncDispose]();
    const second = await open(volume);
    await second.learning.take(batch(500, 1_200));
    // Saved are statistics, not the courses: then the power goes.
    await second.learning.save();
    await second.storage.sync();
    const third = await open(volume.crash(seeded(3)));
    const whole = new Knowledge();
    whole.learn(readings(0, 1_200));
    for (const { entityId } of entities) {
      expect(compactTrace(third.knowledge.traces.states.get(entityId)!)).toEqual(
        compactTrace(whole.traces.states.get(entityId)!),
      );
      expect(third.knowledge.windows.states.get(entityId)).toEqual(whole.windows.states.get(entityId));
      expect(third.knowledge.statistics.states.get(entityId)).toEqual(whole.statistics.states.get(entityId));
    }
  });

  it("are about what came late as well, after a crash", async () => {
    const volume = new MemoryVolume();
    const first = await open(volume);
    first.knowledge.setEntities(entities);
    await first.learning.take(batch(0, 300));
    await first.learning.take(batch(500, 900));
    await first.learning.stop();
    await first.storage[Symbol.asyncDispose]();
    const second = await open(volume);
    await second.learning.take({ ...batch(300, 500), closedGaps: [{ from: 0, to: 1, cause: "start" }] });
    await second.learning.save();
    await second.storage.sync();
    const third = await open(volume.crash(seeded(5)));
    const whole = new Knowledge();
    whole.learn(readings(0, 900));
    for (const { entityId } of entities) {
      expect(compactTrace(third.knowledge.traces.states.get(entityId)!)).toEqual(
        compactTrace(whole.traces.states.get(entityId)!),
      );
      expect(third.knowledge.windows.states.get(entityId)).toEqual(whole.windows.states.get(entityId));
    }
  });

  it("are made again from the samples where somebody has changed what was saved", async () => {
    const first = await open(new MemoryVolume());
    await first.learning.take(batch(0, 300));
    await first.learning.stop();
    const entityId = "sensor.power";
    const spoilt: unknown[] = [
      { trace: { version: 1, bins: [1], values: {}, count: 7, width: 3 }, windows: { version: 1, finished: 5 } },
      { trace: 7, windows: null },
      {
        trace: { version: 1, width: 1_000, bins: new Uint32Array(2), values: new Float32Array(2), count: 9 },
        windows: [],
      },
      {},
    ];
    for (const course of spoilt) {
      await first.repository.commit((all) => first.repository.courses.stage(all, entityId, course as StoredCourse));
      const knowledge = new Knowledge();
      await restoreKnowledge(first.repository, knowledge);
      expect(compactTrace(knowledge.traces.states.get(entityId)!)).toEqual(
        compactTrace(first.knowledge.traces.states.get(entityId)!),
      );
      expect(knowledge.windows.states.get(entityId)).toEqual(first.knowledge.windows.states.get(entityId));
    }
  });

  it("of a store that is only read are the same", async () => {
    const volume = new MemoryVolume();
    const first = await open(volume);
    await first.learning.take(batch(0, 300));
    await first.learning.stop();
    const knowledge = new Knowledge();
    await restoreKnowledge(first.repository, knowledge);
    expect(knowledge.windowStatistics("sensor.power", start + 3_000_000).map(({ window }) => window)).toEqual([
      "1h",
      "24h",
      "7d",
      "all",
    ]);
    expect(knowledge.windowStatistics("sensor.nobody", start)).toEqual([]);
  });
});
