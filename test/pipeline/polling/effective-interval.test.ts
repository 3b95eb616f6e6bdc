import { describe, expect, it } from "vitest";
import type { Poll, PollBurst } from "#model/poll.ts";
import { EffectiveIntervals } from "#pipeline/polling/effective-interval.ts";

const burst = (
  times: readonly number[],
  from: number,
  to: number,
  entityId = "sensor.a",
  period = 1_000,
): PollBurst => ({
  from,
  to,
  period,
  polls: times.map((time): Poll => ({ entityId, time })),
});
const every = (seconds: number, count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => from + index * seconds * 1_000);

describe("the interval a register really gets", () => {
  it("is the mean of the gaps between reads", () => {
    const intervals = new EffectiveIntervals();
    intervals.step(burst([0, 4_800, 10_200, 15_000, 20_000], 0, 20_000));
    expect(intervals.interval("sensor.a")).toMatchObject({
      seconds: 5,
      gaps: 4,
      origin: "last-reported",
      asOf: 20_000,
    });
  });

  it("is not known from fewer than three gaps", () => {
    const intervals = new EffectiveIntervals();
    intervals.step(burst(every(5, 3), 0, 10_000));
    expect(intervals.interval("sensor.a")).toBeUndefined();
    expect(intervals.gapsSeen("sensor.a")).toBe(2);
    expect(intervals.interval("sensor.never")).toBeUndefined();
  });

  it("is found from gaps that are known without watching, and those that were seen count first", () => {
    const intervals = new EffectiveIntervals();
    intervals.addGaps(
      [5, 5, 6].map((seconds, index) => ({
        entityId: "sensor.a",
        from: index * 60_000,
        to: index * 60_000 + seconds * 1_000,
      })),
    );
    expect(intervals.interval("sensor.a")).toMatchObject({ gaps: 3, asOf: 126_000 });
    intervals.step(burst(every(2, 70, 200_000), 200_000, 338_000));
    expect(intervals.interval("sensor.a")).toMatchObject({ seconds: 2, gaps: 64 });
    intervals.addGaps([{ entityId: "sensor.a", from: 0, to: 9_000 }]);
    expect(intervals.interval("sensor.a")).toMatchObject({ seconds: 2, gaps: 64, asOf: 338_000 });
  });

  it("goes on over bursts that touch, and not over the time between those that do not", () => {
    const touching = new EffectiveIntervals();
    touching.step(burst(every(5, 3), 0, 10_000));
    touching.step(burst(every(5, 3, 15_000), 10_000, 25_000));
    expect(touching.gapsSeen("sensor.a")).toBe(5);
    const apart = new EffectiveIntervals();
    apart.step(burst(every(5, 3), 0, 10_000));
    apart.step(burst(every(5, 3, 615_000), 610_000, 625_000));
    expect(apart.gapsSeen("sensor.a")).toBe(4);
    expect(apart.interval("sensor.a")?.seconds).toBe(5);
  });

  it("leaves an outage out", () => {
    const intervals = new EffectiveIntervals();
    intervals.step(burst([...every(5, 6), 25_000 + 90_000], 0, 120_000));
    expect(intervals.interval("sensor.a")?.seconds).toBe(5);
  });

  it("leaves gaps out that are too short for the looks at them", () => {
    const intervals = new EffectiveIntervals();
    intervals.step(burst(every(1.2, 30), 0, 40_000));
    expect(intervals.interval("sensor.a")).toBeUndefined();
  });

  it("is not known of reads as close as the looks: the gaps that seem clear are two reads", () => {
    const intervals = new EffectiveIntervals();
    const seen = every(1.05, 200).filter((_, index) => index % 5 !== 0);
    intervals.step(burst(seen, 0, 210_000));
    expect(intervals.interval("sensor.a")).toBeUndefined();
  });

  it("follows a new interval within 64 reads, and counts a read that is seen twice once", () => {
    const intervals = new EffectiveIntervals();
    intervals.step(burst(every(5, 100), 0, 500_000));
    intervals.step(burst([495_000, ...every(20, 70, 515_000)], 500_000, 1_900_000));
    expect(intervals.interval("sensor.a")?.seconds).toBe(20);
  });

  it("survives a restart, without taking the time between for a gap", () => {
    const before = new EffectiveIntervals();
    before.step(burst(every(5, 10), 0, 45_000));
    const after = new EffectiveIntervals();
    expect(after.restore("sensor.a", structuredClone(before.states.get("sensor.a")))).toBe(true);
    expect(after.interval("sensor.a")).toMatchObject({ seconds: 5, asOf: 45_000 });
    after.step(burst(every(5, 2, 900_000), 900_000, 905_000));
    expect(after.gapsSeen("sensor.a")).toBe(10);
    expect(after.restore("sensor.b", { version: 99 })).toBe(false);
    expect(after.restore("sensor.b", "nonsense")).toBe(false);
  });
});
