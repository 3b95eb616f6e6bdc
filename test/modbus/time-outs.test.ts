import { describe, expect, it } from "vitest";
import { TimeOuts } from "#modbus/time-outs.ts";
import type { Poll } from "#model/poll.ts";

const members = new Set(["sensor.a", "sensor.b"]);
const poll = (entityId: string, time: number, failed = false): Poll => ({
  entityId,
  time,
  ...(failed ? { failed: true } : {}),
});
const look = (from: number, polls: readonly Poll[], length = 10_000) => ({
  from,
  to: from + length,
  period: 1_000,
  polls,
});

describe("what time-outs take of a bus", () => {
  it("is nothing where every read is answered, and unknown before one was seen", () => {
    const timeOuts = new TimeOuts();
    expect(timeOuts.share()).toBeUndefined();
    timeOuts.step(look(0, [poll("sensor.a", 100), poll("sensor.b", 9_000)]), members);
    expect(timeOuts.share()).toBe(0);
  });

  it("is the time since the read before, of each read that failed", () => {
    const timeOuts = new TimeOuts();
    const polls = [
      poll("sensor.a", 1_000),
      poll("sensor.b", 4_000, true),
      poll("sensor.a", 4_040),
      poll("sensor.b", 7_040, true),
    ];
    timeOuts.step(look(0, polls), members);
    expect(timeOuts.share()).toBeCloseTo(0.6, 10);
    // Other buses, and what was read before the look, say nothing.
    timeOuts.step(look(10_000, [poll("sensor.c", 15_000, true), poll("sensor.b", 9_000, true)]), members);
    expect(timeOuts.share()).toBeCloseTo(0.3, 10);
  });

  it("counts a wait as long as the others although another state was written meanwhile", () => {
    const timeOuts = new TimeOuts();
    const waits = [2_000, 4_000, 6_000, 8_000].map((time) => poll("sensor.b", time, true));
    timeOuts.step(
      look(0, [poll("sensor.a", 0), ...waits, poll("sensor.a", 9_000), poll("sensor.b", 10_000, true)]),
      members,
    );
    expect(timeOuts.share()).toBe(1);
  });

  it("is no more for a Home Assistant that shuts down than the moment it takes", () => {
    const timeOuts = new TimeOuts();
    const all = new Set(Array.from({ length: 40 }, (_, index) => `sensor.s${index}`));
    const ends = [...all].map((entityId, index) => poll(entityId, 5_000 + index * 0.1, true));
    timeOuts.step(look(0, [poll("sensor.s0", 4_900), ...ends]), all);
    expect(timeOuts.share()).toBeLessThan(0.02);
  });

  it("is forgotten two minutes after the last one, and after a time without looking", () => {
    const timeOuts = new TimeOuts();
    timeOuts.step(look(0, [poll("sensor.a", 0), poll("sensor.b", 8_000, true)]), members);
    for (let from = 10_000; from <= 120_000; from += 10_000)
      timeOuts.step(look(from, [poll("sensor.a", from + 1)]), members);
    expect(timeOuts.share()).toBe(0);
    timeOuts.step(look(130_000, [poll("sensor.b", 138_000, true)]), members);
    timeOuts.step(look(900_000, [poll("sensor.b", 908_000, true)]), members);
    expect(timeOuts.share()).toBe(0);
  });
});
