import { describe, expect, it } from "vitest";
import { Analysis } from "#app/analysis.ts";
import { Knowledge } from "#app/knowledge.ts";
import { planBuses } from "#app/planning.ts";
import { storedReads } from "#app/stored-reads.ts";
import { silentLogger } from "#core/logger.ts";
import { Repository } from "#repository/repository.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { readingsOf } from "../support/readings.ts";
import { autoregressive } from "../support/signals.ts";

const start = 1_700_000_000_000;
const day = 86_400_000;
const step = 20_000;
const rows = (2 * day) / step;

async function open() {
  const clock = new ManualClock(start + rows * step);
  const storage = await Storage.open({ at: new MemoryVolume(), clock, logger: silentLogger, create: true });
  const repository = await Repository.open(storage);
  return { clock, storage, repository, knowledge: new Knowledge() };
}

/** Two days of a home that reads everything every twenty seconds: three that move, three that do not. */
async function home() {
  const opened = await open();
  const { repository, knowledge } = opened;
  const columns = new Map<string, readonly number[]>([
    ...[1, 2, 3].map(
      (seed) =>
        [`sensor.moves_${seed}`, autoregressive(0.97, rows, seed).map((value) => Math.round(value * 10))] as const,
    ),
    ...[4, 5, 6].map((seed) => [`sensor.rests_${seed}`, Array<number>(rows).fill(seed)] as const),
  ]);
  knowledge.setEntities([...columns.keys()].map((entityId) => ({ entityId, integration: "modbus", name: entityId })));
  for (const [entityId, values] of columns) {
    const changes = values
      .map((value, row) => [start + row * step, String(value)] as const)
      .filter(([, state], row) => row === 0 || state !== String(values[row - 1]));
    const readings = readingsOf(changes, entityId);
    await repository.samples.append(readings);
    knowledge.learn(readings);
  }
  knowledge.seePolls({
    from: start,
    to: start + 600_000,
    period: 1_000,
    polls: Array.from({ length: 30 }, (_, read) =>
      [...columns.keys()].map((entityId, index) => ({ entityId, time: start + read * step + index * 100 })),
    ).flat(),
  });
  return opened;
}

describe("the plan of the daemon", () => {
  it("is made of what is stored, proven, and stands in the advice with what it gains", async () => {
    const { repository, knowledge, clock, storage } = await home();
    await using _closed = storage;
    const now = clock.now();
    const progress: number[] = [];
    knowledge.plans = (await planBuses({
      repository,
      knowledge,
      now,
      budget: 0.5,
      progress: (share) => void progress.push(share),
    }))!;
    expect(progress.at(-1)).toBe(1);
    const { buses, entities } = knowledge.describe(now, 0.5);
    expect(buses[0]?.plan).toMatchObject({ isProven: true });
    expect(buses[0]?.plan?.sentence).toMatch(/tested on values it had not seen\.$/);
    const actions = Map.groupBy(entities, ({ entity }) => entity.entityId.slice(7, 12));
    expect(actions.get("rests")?.map(({ advice }) => advice?.action)).toEqual(["slower", "slower", "slower"]);
    expect(actions.get("moves")?.some(({ advice }) => advice?.action === "faster")).toBe(true);
    for (const { advice } of entities) expect(advice?.lossAfter).toBeLessThanOrEqual((advice?.loss ?? 0) + 0.01);
    expect(buses[0]?.load.utilisationAfter).toBeLessThanOrEqual((buses[0]?.load.utilisation ?? 0) * 1.01);
  });

  it("leaves out what the drive reads", async () => {
    const { repository, knowledge, clock, storage } = await home();
    await using _closed = storage;
    knowledge.driven = () => new Map([["sensor.moves_1", 5]]);
    const plans = await planBuses({ repository, knowledge, now: clock.now(), budget: 0.5 });
    const planned = [...(plans ?? [])].flatMap(([, { entities }]) => entities.map(({ entityId }) => entityId));
    expect(planned.toSorted()).toEqual(
      [2, 3].map((k) => `sensor.moves_${k}`).concat([4, 5, 6].map((k) => `sensor.rests_${k}`)),
    );
  });

  it("is given up when somebody says so", async () => {
    const { repository, knowledge, clock, storage } = await home();
    await using _closed = storage;
    const now = clock.now();
    expect(await planBuses({ repository, knowledge, now, budget: 0.5, isCancelled: () => true })).toBeUndefined();
  });

  it("is made by itself, kept over a restart, and every decision is written down once", async () => {
    const { repository, knowledge, clock, storage } = await home();
    await using _closed = storage;
    const analysis = new Analysis({ repository, knowledge, logger: silentLogger, clock, budget: () => 0.5 });
    await analysis.runNow();
    const records = await repository.intervalHistory.all();
    const rests = records.filter(({ entityId }) => entityId.includes("rests"));
    expect(rests.map(({ interval, before, origin }) => [interval, Math.round(before ?? 0), origin])).toEqual(
      [1, 2, 3].map(() => [120, 20, "plan"]),
    );
    await analysis.runNow();
    expect(await repository.intervalHistory.all()).toEqual(records);
    await analysis.stop();
    const again = new Knowledge();
    const restarted = new Analysis({ repository, knowledge: again, logger: silentLogger, clock, budget: () => 0.5 });
    await restarted.start();
    expect(again.plans).toEqual(knowledge.plans);
    await restarted.stop();
  });
});

describe("reads from stored changes", () => {
  it("show at each time what stood then, all of them where there are few", async () => {
    const { repository, storage } = await open();
    await using _closed = storage;
    await repository.samples.append(
      readingsOf([
        [start, "1"],
        [start + 25_000, "2"],
        [start + 40_000, "unavailable"],
        [start + 60_000, "2.5"],
      ]),
    );
    const reads = await storedReads(repository, "sensor.a", 10, start + 70_000);
    expect(reads).toEqual(
      [1, 1, 1, 2, Number.NaN, Number.NaN, 2.5, 2.5].map((value, index) => ({ tick: index * 10, value })),
    );
    expect(await storedReads(repository, "sensor.none", 10, start)).toEqual([{ tick: 0, value: Number.NaN }]);
  });

  it("are taken from all of the time where there are many, stretch by stretch", async () => {
    const { repository, storage } = await open();
    await using _closed = storage;
    const hours = Array.from({ length: 24 * 20 }, (_, hour) => [start + hour * 3_600_000, String(hour)] as const);
    await repository.samples.append(readingsOf(hours));
    const now = start + 20 * day;
    const reads = await storedReads(repository, "sensor.a", 5, now);
    expect(reads.length).toBeLessThanOrEqual(5_100);
    expect(reads.length).toBeGreaterThan(4_900);
    expect(reads.filter(({ value }) => Number.isNaN(value)).length).toBe(23);
    const begin = now - 14 * day;
    for (const { tick, value } of reads.filter(({ value: each }) => !Number.isNaN(each)))
      expect(value).toBe(Math.floor((begin + tick * 1_000 - start + 500) / 3_600_000));
    const days = new Set(reads.map(({ tick }) => Math.floor(tick / 86_400)));
    expect(days.size).toBe(14);
  });
});
