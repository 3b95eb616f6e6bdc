import { describe, expect, it } from "vitest";
import type { PollBurst } from "#model/poll.ts";
import { ServiceTime } from "#modbus/service-time.ts";
import { seeded } from "../support/random.ts";

const members = new Set(["sensor.a", "sensor.b"]);
const burst = (times: readonly number[], entityId = "sensor.a"): PollBurst => ({
  from: 0,
  to: 60_000,
  period: 1_000,
  polls: times.map((time) => ({ entityId, time })),
});

/** Reads on a line of `service` ms: some wait for each other, most come when the line is free. */
function reads(service: number, count: number): number[] {
  const random = seeded(11);
  let time = 0;
  return Array.from(
    { length: count },
    () => (time += service * (0.97 + 0.06 * random()) + (random() < 0.4 ? 0 : random() * 900)),
  );
}

describe("the time of a read, from reads that followed each other", () => {
  it("is the shortest distance that keeps coming back", () => {
    const service = new ServiceTime();
    service.step(burst(reads(75, 300)), members);
    expect(service.seconds()).toBeGreaterThan(0.07);
    expect(service.seconds()).toBeLessThan(0.08);
  });

  it("is not known from few reads, nor from reads that never met", () => {
    const few = new ServiceTime();
    few.step(burst(reads(75, 15)), members);
    expect(few.seconds()).toBeUndefined();
    const apart = new ServiceTime();
    apart.step(burst(Array.from({ length: 100 }, (_, index) => index * 1_500)), members);
    expect(apart.seconds()).toBeUndefined();
  });

  it("is of its own bus alone", () => {
    const service = new ServiceTime();
    service.step(burst(reads(20, 300), "sensor.foreign"), members);
    expect(service.seconds()).toBeUndefined();
  });

  it("survives a restart, and ignores a snapshot that is none", () => {
    const before = new ServiceTime();
    before.step(burst(reads(75, 300)), members);
    const after = new ServiceTime();
    after.restore(before.snapshot());
    expect(after.seconds()).toBe(before.seconds());
    after.restore({ nonsense: true });
    expect(after.seconds()).toBe(before.seconds());
  });
});
