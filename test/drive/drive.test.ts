import { describe, expect, it } from "vitest";
import { delay } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import { silentLogger } from "#core/logger.ts";
import { Drive } from "#drive/drive.ts";
import type { Turns } from "#drive/ports.ts";
import type { DriveTarget } from "#model/drive.ts";
import { ManualClock } from "../support/manual-clock.ts";

const service = 40;
const target = (parts: Partial<DriveTarget> = {}): DriveTarget => ({
  busId: "line",
  entities: ["sensor.a", "sensor.b", "sensor.c"].map((entityId) => ({ entityId, unit: 1, wanted: false, least: 0.1 })),
  allowance: 0.2,
  serviceSeconds: service / 1_000,
  ...parts,
});

/** Reads in turn. */
function inTurn(count: number): Turns & { readonly seen: number[] } {
  let next = 0;
  const seen: number[] = [];
  return {
    seen,
    next: (_tick, mayRead) => {
      for (let tried = 0; tried < count; tried += 1) {
        const index = (next + tried) % count;
        if (!mayRead(index)) continue;
        next = index + 1;
        return index;
      }
      return undefined;
    },
    observe: (_index, _tick, value) => void seen.push(value),
    setReadsPerTick: () => undefined,
    restlessness: () => 1,
    learned: () => 1,
    expectedIntervals: () => Array.from({ length: count }, () => 24),
  };
}

/** A line that somebody else may keep busy, or that does not answer. */
class Line {
  readonly clock = new ManualClock();
  readonly reads: { readonly entityId: string; readonly begun: number }[] = [];
  underWay = 0;
  mostUnderWay = 0;
  waiting = 0;
  failure: CadenceError | undefined;
  readonly silent = new Set<string>();
  targets: readonly DriveTarget[] = [target()];
  readonly turns: Turns[] = [];
  readonly drive = new Drive({
    clock: this.clock,
    logger: silentLogger,
    port: { read: (entityId) => this.#read(entityId) },
    targets: () => this.targets,
    turns: ({ entities }) => {
      const turns = inTurn(entities.length);
      this.turns.push(turns);
      return Promise.resolve(turns);
    },
    isOn: true,
  });

  async #read(entityId: string): Promise<number> {
    if (this.failure !== undefined) throw this.failure;
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    this.reads.push({ entityId, begun: this.clock.monotonic() });
    await delay(this.clock, this.silent.has(entityId) ? 1_000 : service + this.waiting);
    this.underWay -= 1;
    return this.silent.has(entityId) ? Number.NaN : 21;
  }

  /** Reads in the next so many ms. */
  async during(milliseconds: number): Promise<number> {
    const before = this.reads.length;
    await this.clock.advance(milliseconds);
    return this.reads.length - before;
  }

  get state(): string | undefined {
    return this.drive.describe().buses[0]?.state;
  }
}

describe("the drive", () => {
  it("reads one at a time, within its share, and says what it does", async () => {
    const line = new Line();
    await line.drive.start();
    expect(await line.during(60_000)).toBeGreaterThan(250);
    expect(line.reads.length).toBeLessThanOrEqual((60_000 * 0.2) / service + 5);
    expect(line.mostUnderWay).toBe(1);
    const [bus] = line.drive.describe().buses;
    expect(bus).toMatchObject({ busId: "line", state: "driving", entities: 3, allowance: 0.2, failures: 0 });
    expect(bus?.load).toBeCloseTo(0.2, 1);
    expect(bus?.sentence).toMatch(/^Reads 3 entities when each is worth it, (4.9|5.0) reads a second\.$/);
    expect([...line.drive.describe().seconds.keys()]).toEqual(["sensor.a", "sensor.b", "sensor.c"]);
    await line.drive.stop();
    expect(await line.during(20_000)).toBeLessThanOrEqual(1);
  });

  it("does nothing while it is off, and stops at once when it is switched off", async () => {
    const line = new Line();
    await line.drive.start();
    await line.during(5_000);
    const off = line.drive.turn(false);
    await line.clock.advance(100);
    await off;
    expect(line.drive.isOn).toBe(false);
    expect(await line.during(20_000)).toBe(0);
    expect(line.drive.describe().buses).toEqual([]);
    await line.drive.turn(true);
    expect(await line.during(5_000)).toBeGreaterThan(15);
    await line.drive.stop();
  });

  it("gives way to writes, for two seconds", async () => {
    const line = new Line();
    await line.drive.start();
    await line.during(5_000);
    line.drive.giveWay("another line");
    expect(line.state).toBe("driving");
    line.drive.giveWay("line");
    expect(line.state).toBe("paused");
    expect(await line.during(1_900)).toBeLessThanOrEqual(1);
    expect(await line.during(3_000)).toBeGreaterThan(5);
    await line.drive.stop();
  });

  it("slows down while others are busy on the line, and comes back", async () => {
    const line = new Line();
    await line.drive.start();
    const alone = await line.during(30_000);
    line.waiting = 300;
    await line.during(30_000);
    expect(line.state).toBe("yielding");
    expect(await line.during(30_000)).toBeLessThan(alone / 4);
    line.waiting = 0;
    await line.during(60_000);
    expect(await line.during(30_000)).toBeGreaterThan(alone * 0.9);
    await line.drive.stop();
  });

  it("hardly asks a silent device, and goes on with the others", async () => {
    const line = new Line();
    line.targets = [
      target({
        entities: [1, 1, 2].map((unit, index) => ({ entityId: `sensor.${index}`, unit, wanted: false, least: 0.1 })),
      }),
    ];
    line.silent.add("sensor.0").add("sensor.1");
    await line.drive.start();
    await line.during(60_000);
    const last = line.reads.length;
    await line.during(120_000);
    const later = line.reads.slice(last).filter(({ entityId }) => entityId !== "sensor.2");
    expect(later.length).toBeLessThan(8);
    expect(line.reads.length - last - later.length).toBeGreaterThan(100);
    expect(line.drive.describe().buses[0]?.sentence).toContain("Unit 1 does not answer, and is asked rarely.");
    await line.drive.stop();
  });

  it("waits while Home Assistant is away or takes too long, and says so", async () => {
    const line = new Line();
    await line.drive.start();
    await line.during(5_000);
    line.failure = new CadenceError("HASS_CONNECTION_LOST", "There is no connection to Home Assistant now.");
    await line.during(10_000);
    expect(line.state).toBe("waiting");
    expect(line.drive.describe().buses[0]?.sentence).toBe("Waits: There is no connection to Home Assistant now.");
    line.failure = new CadenceError("HASS_COMMAND_TIMEOUT", "Home Assistant did not answer.");
    await line.during(6_000);
    line.failure = undefined;
    // The request may still be under way there.
    expect(await line.during(50_000)).toBe(0);
    expect(await line.during(40_000)).toBeGreaterThan(5);
    await line.drive.stop();
  });

  it("goes on after a fault of its own, and is stopped at once while a read hangs", async () => {
    const line = new Line();
    await line.drive.start();
    await line.during(3_000);
    const [turns] = line.turns;
    const next = turns!.next.bind(turns);
    turns!.next = () => {
      throw new RangeError("There is no such entity.");
    };
    await line.during(5_000);
    turns!.next = next;
    expect(await line.during(70_000)).toBeGreaterThan(10);
    line.waiting = 1e9;
    await line.during(1_000);
    let isStopped = false;
    void line.drive.stop().then(() => (isStopped = true));
    await line.during(1);
    expect(isStopped).toBe(true);
  });

  it("pays for a read that took minutes, but not for minutes", async () => {
    const line = new Line();
    await line.drive.start();
    await line.during(3_000);
    line.waiting = 100_000;
    await line.during(101_000);
    line.waiting = 0;
    // Ten seconds at a fifth of the line.
    expect(await line.during(49_000)).toBeLessThanOrEqual(1);
    expect(await line.during(60_000)).toBeGreaterThan(5);
    await line.drive.stop();
  });

  it("reads nothing where the others take the whole budget, and begins when they leave some", async () => {
    const line = new Line();
    line.targets = [target({ allowance: 0 })];
    await line.drive.start();
    expect(await line.during(30_000)).toBe(0);
    expect(line.drive.describe().buses[0]?.sentence).toBe("Waits: the others take all of the bus's budget.");
    line.targets = [target({ allowance: 0.1 })];
    expect(await line.during(30_000)).toBeGreaterThan(40);
    await line.drive.stop();
  });

  it("begins anew when the entities are others, and leaves a bus that is gone", async () => {
    const line = new Line();
    await line.drive.start();
    await line.during(6_000);
    line.targets = [target({ entities: [{ entityId: "sensor.d", wanted: true, least: 0.1 }] })];
    await line.during(6_000);
    const before = line.reads.length;
    await line.during(5_000);
    expect(new Set(line.reads.slice(before).map(({ entityId }) => entityId))).toEqual(new Set(["sensor.d"]));
    expect(line.turns.length).toBe(2);
    line.targets = [];
    await line.during(6_000);
    expect(await line.during(20_000)).toBe(0);
    expect(line.mostUnderWay).toBe(1);
    await line.drive.stop();
  });

  it("reads before others what somebody wants in time", async () => {
    const line = new Line();
    const wanted = { entityId: "sensor.z", wanted: false, least: 0.1, most: 1 };
    line.targets = [
      target({
        entities: [...Array(40).keys()].map((index) =>
          index === 39 ? wanted : { ...wanted, entityId: `sensor.${index}`, most: 600 },
        ),
      }),
    ];
    await line.drive.start();
    await line.during(60_000);
    const times = line.reads.filter(({ entityId }) => entityId === "sensor.z").map(({ begun }) => begun);
    const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
    expect(gaps.length).toBeGreaterThan(40);
    expect(Math.max(...gaps)).toBeLessThan(1_400);
    await line.drive.stop();
  });

  it("reads nothing sooner than it may, however much of the line is free", async () => {
    const line = new Line();
    line.targets = [target({ allowance: 0.8, entities: target().entities.map((entity) => ({ ...entity, least: 2 })) })];
    await line.drive.start();
    // Three entities, each ten seconds on average.
    expect(await line.during(60_000)).toBeLessThanOrEqual(20);
    await line.drive.stop();
  });
});
