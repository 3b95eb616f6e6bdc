import { describe, expect, it } from "vitest";
import { CadenceError } from "#core/errors.ts";
import { silentLogger } from "#core/logger.ts";
import type { IntakeBatch } from "#ingest/intake-batch.ts";
import { Intake } from "#ingest/intake.ts";
import type { Delivery } from "#model/delivery.ts";
import type { Sample } from "#model/sample.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";

const samples = (count: number, from = 0, entityId = "sensor.a"): Sample[] =>
  Array.from({ length: count }, (_, index) => ({ entityId, time: from + index, state: String(from + index) }));
const live = (...all: Sample[]): Delivery => ({ origin: "live", samples: all });

interface Options {
  readonly capacity?: number;
  readonly batchSize?: number;
  readonly sink?: (batch: IntakeBatch) => Promise<void>;
}

function newIntake({ sink, ...options }: Options = {}) {
  const clock = new ManualClock();
  const batches: IntakeBatch[] = [];
  const intake = new Intake({
    clock,
    logger: silentLogger,
    sink: async (batch) => {
      await sink?.(batch);
      batches.push(batch);
    },
    ...options,
  });
  const times = (): number[] => batches.flatMap(({ readings }) => readings.map(({ time }) => time));
  return { clock, intake, batches, times };
}

describe("the way in", () => {
  it("gathers for a second, and hands on in order as one batch", async () => {
    const { clock, intake, batches, times } = newIntake();
    intake.offer(live(...samples(2)));
    intake.offer(live(...samples(2, 2)));
    await clock.advance(999);
    expect(batches).toEqual([]);
    await clock.advance(1);
    expect(batches.length).toBe(1);
    expect(times()).toEqual([0, 1, 2, 3]);
  });

  it("does not wait once a batch is full", async () => {
    const { intake, times } = newIntake({ batchSize: 10 });
    intake.offer(live(...samples(10)));
    await settle();
    expect(times().length).toBe(10);
  });

  it("keeps what a delivery proves in one batch with its samples, and never cuts one", async () => {
    const { clock, intake, batches } = newIntake({ batchSize: 3 });
    intake.offer({ origin: "live", samples: samples(2), coveredUntil: 1 });
    intake.offer({ origin: "live", samples: samples(2, 2), coveredUntil: 3 });
    await clock.advance(1_000);
    expect(batches.map(({ readings, coveredUntil }) => [readings.length, coveredUntil])).toEqual([
      [2, 1],
      [2, 3],
    ]);
  });

  it("never puts two deliveries of the same moment into one batch: there they would be a sequence", async () => {
    const { clock, intake, batches } = newIntake();
    const burst = ["A", "B", "A"].map((state) => ({ entityId: "sensor.a", time: 7, state }));
    intake.offer(live(...burst));
    intake.offer(live(...samples(1, 8)));
    await intake.deliver({ origin: "history", samples: burst });
    await clock.advance(1_000);
    expect(batches.map(({ readings }) => readings.map(({ time, state }) => `${time} ${state}`))).toEqual([
      ["7 A", "7 B", "7 A", "8 8"],
      ["7 A", "7 B", "7 A"],
    ]);
  });

  it("hands on a delivery without samples, for what it proves", async () => {
    const { clock, intake, batches } = newIntake();
    const closedGap = { from: 1, to: 2, cause: "start" as const };
    await intake.deliver({ origin: "history", samples: [], backfilled: ["sensor.a"], closedGap, coveredUntil: 2 });
    await clock.advance(1_000);
    expect(batches).toEqual([
      { readings: [], renamed: [], backfilled: ["sensor.a"], closedGaps: [closedGap], coveredUntil: 2 },
    ]);
  });

  it("counts what is no sample and what came twice, and takes the rest", async () => {
    const { clock, intake, times } = newIntake();
    intake.offer(live(...samples(1), ...samples(1), { entityId: "Not an id", time: 3, state: "1" }, ...samples(1, 5)));
    await clock.advance(1_000);
    expect(times()).toEqual([0, 5]);
    expect(intake.counters()).toMatchObject({ accepted: 2, duplicates: 1, refused: 1, waiting: 0 });
  });

  it("says how late the newest live sample came", () => {
    const { clock, intake } = newIntake();
    intake.offer(live({ entityId: "sensor.a", time: clock.now() - 40, state: "1" }));
    expect(intake.counters().lagMilliseconds).toBe(40);
  });
});

describe("a way in that is too narrow", () => {
  it("refuses what does not fit, counts it, and takes no part of it", async () => {
    const { clock, intake, times } = newIntake({ capacity: 5 });
    expect(intake.offer(live(...samples(4)))).toBe(true);
    expect(intake.offer(live(...samples(2, 4)))).toBe(false);
    expect(intake.offer(live(...samples(1, 4)))).toBe(true);
    await clock.advance(1_000);
    expect(times()).toEqual([0, 1, 2, 3, 4]);
    expect(intake.counters()).toMatchObject({ accepted: 5, refused: 2 });
  });

  it("lets history wait for room, and leaves half of the room to what is live", async () => {
    const release = Promise.withResolvers<void>();
    const { intake, times } = newIntake({ capacity: 10, batchSize: 4, sink: () => release.promise });
    await intake.deliver({ origin: "history", samples: samples(4) });
    let second = false;
    const waiting = intake.deliver({ origin: "history", samples: samples(4, 4) }).then(() => (second = true));
    await settle();
    expect(second).toBe(false);
    expect(intake.offer(live(...samples(6, 100)))).toBe(true);
    release.resolve();
    await waiting;
    await settle();
    expect(times()).toEqual([0, 1, 2, 3, 100, 101, 102, 103, 104, 105, 4, 5, 6, 7]);
  });

  it("takes a history that is larger than all the room when nothing waits", async () => {
    const { intake, times } = newIntake({ capacity: 4, batchSize: 2 });
    await intake.deliver({ origin: "history", samples: samples(9) });
    await settle();
    expect(times().length).toBe(9);
  });
});

describe("a store that fails", () => {
  const full = new CadenceError("STORE_FULL", "The disk is full.");

  it("is tried again with the same batch until it takes it; nothing overtakes, nothing is lost", async () => {
    let failures = 3;
    const { clock, intake, times } = newIntake({
      sink: () => (failures-- > 0 ? Promise.reject(full) : Promise.resolve()),
    });
    intake.offer(live(...samples(2)));
    await clock.advance(1_000);
    intake.offer(live(...samples(2, 2)));
    expect(times()).toEqual([]);
    await clock.advance(1_000 + 2_000 + 4_000 + 1_000);
    expect(times()).toEqual([0, 1, 2, 3]);
    expect(intake.counters().refused).toBe(0);
  });

  it("is told of once, and that it works again", async () => {
    const told: string[] = [];
    const tell = (message: string): void => void told.push(message);
    const logger = { ...silentLogger, info: tell, warn: tell, error: tell };
    let failures = 6;
    const sink = (): Promise<void> => (failures-- > 0 ? Promise.reject(full) : Promise.resolve());
    const clock = new ManualClock();
    const intake = new Intake({ clock, logger, sink });
    intake.offer(live(...samples(2)));
    await clock.advance(120_000);
    expect(told).toEqual(["The disk is full.", "Values are stored again; none of those that waited was lost"]);
  });

  it("and that will fail for ever loses that batch alone, counted, and coverage is stated no more", async () => {
    let first = true;
    const { clock, intake, batches } = newIntake({
      sink: () => {
        const fails = first;
        first = false;
        return fails ? Promise.reject(new TypeError("a defect")) : Promise.resolve();
      },
    });
    intake.offer({ ...live(...samples(3)), coveredUntil: 2 });
    await clock.advance(1_000);
    intake.offer({ ...live(...samples(1, 3)), coveredUntil: 3 });
    await clock.advance(1_000);
    expect(intake.counters()).toMatchObject({ accepted: 1, refused: 3 });
    expect(batches).toEqual([expect.not.objectContaining({ coveredUntil: 3 })]);
  });
});

describe("the end", () => {
  it("hands on everything that waits, and takes no more", async () => {
    const { intake, times } = newIntake();
    intake.offer(live(...samples(3)));
    await intake.stop();
    expect(times()).toEqual([0, 1, 2]);
    expect(intake.offer(live(...samples(1, 3)))).toBe(false);
    await expect(intake.deliver({ origin: "history", samples: [] })).rejects.toMatchObject({ code: "ABORTED" });
    await intake.stop();
  });

  it("comes at once when the disk is full: the next start asks history", async () => {
    const { intake } = newIntake({ sink: () => Promise.reject(new CadenceError("STORE_FULL", "full")) });
    intake.offer(live(...samples(3)));
    await intake.stop();
    expect(intake.counters()).toMatchObject({ refused: 3, accepted: 0 });
  });

  it("frees history that waits for room", async () => {
    const release = Promise.withResolvers<void>();
    const { intake } = newIntake({ capacity: 4, batchSize: 2, sink: () => release.promise });
    await intake.deliver({ origin: "history", samples: samples(4) });
    const waiting = intake.deliver({ origin: "history", samples: samples(4, 4) });
    const stopping = intake.stop();
    await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
    release.resolve();
    await stopping;
  });

  it("counts what comes out of order, and keeps the order in which it came", async () => {
    const { clock, intake, times } = newIntake();
    intake.offer(live(...samples(1, 5), ...samples(1, 3), ...samples(1, 4, "sensor.b")));
    intake.offer(live(...samples(1, 4)));
    await clock.advance(1_000);
    expect(times()).toEqual([5, 3, 4, 4]);
    expect(intake.counters().outOfOrder).toBe(2);
  });

  it("takes 100,000 states in one burst, and loses none", async () => {
    const { clock, intake, batches } = newIntake();
    for (let entity = 0; entity < 1_000; entity += 1)
      expect(intake.offer(live(...samples(100, 0, `sensor.s${entity}`)))).toBe(true);
    expect(intake.offer(live(...samples(1, 0, "sensor.more")))).toBe(false);
    await clock.advance(1_000);
    await settle();
    const readings = batches.flatMap((batch) => batch.readings);
    expect(readings.length).toBe(100_000);
    expect(new Set(readings.map(({ entityId, time }) => `${entityId} ${time}`)).size).toBe(100_000);
    expect(intake.counters()).toMatchObject({ accepted: 100_000, refused: 1, waiting: 0 });
  });

  it("marks a clock that jumps as a gap with its cause, once", async () => {
    const { clock, intake, batches } = newIntake();
    const offer = (): boolean => intake.offer(live({ entityId: "sensor.a", time: clock.now() - 20, state: "1" }));
    offer();
    await clock.advance(2_000);
    const before = clock.now();
    clock.jump(3_600_000);
    offer();
    await clock.advance(2_000);
    offer();
    await clock.advance(2_000);
    expect(batches.flatMap(({ closedGaps }) => closedGaps)).toEqual([
      { from: before, to: before + 3_600_000, cause: "host-clock" },
    ]);
    expect(intake.counters().clockJumps).toBe(1);
  });
});
