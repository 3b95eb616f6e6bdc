import { describe, expect, it } from "vitest";
import { ReadScheduler } from "#pipeline/polling/read-scheduler.ts";
import { autoregressive } from "../../support/signals.ts";

const uniform = 6;

/** Reads counted per signal while the scheduler runs, after it has seen half of the rows uniformly. */
function run(columns: readonly (readonly number[])[], from = 2_000) {
  const scheduler = new ReadScheduler({
    entities: columns.map(() => ({ objective: "error" })),
    readsPerTick: columns.length / uniform,
    refitEvery: 60,
    longest: 512,
  });
  for (const [index, column] of columns.entries()) {
    scheduler.learn(
      index,
      Array.from({ length: Math.floor(from / uniform) }, (_, read) => ({
        tick: read * uniform + index,
        value: column[read * uniform + index] as number,
      })),
    );
  }
  const rows = columns[0]?.length ?? 0;
  const reads = columns.map(() => [] as number[]);
  const perTick: number[] = [];
  for (let tick = from; tick < rows; tick += 1) {
    const chosen = scheduler.choose(tick);
    perTick.push(chosen.length);
    expect(new Set(chosen).size).toBe(chosen.length);
    for (const index of chosen) {
      reads[index]?.push(tick);
      scheduler.observe(index, tick, columns[index]?.[tick] as number);
    }
  }
  return { reads, perTick, rows: rows - from };
}

const smooth = autoregressive(1, 4_000, 1);
const noise = autoregressive(0, 4_000, 2);
const constant = Array<number>(4_000).fill(7);

describe("reads that are chosen when their time has come", () => {
  it("stay within the budget in every window of ten ticks, and use it", () => {
    const { perTick, rows } = run([smooth, noise, constant, autoregressive(1, 4_000, 3)]);
    const budget = 4 / uniform;
    for (let from = 0; from + 10 <= perTick.length; from += 1) {
      const window = perTick.slice(from, from + 10).reduce((sum, count) => sum + count, 0);
      expect(window).toBeLessThanOrEqual(10 * budget + 4 * budget + 2);
    }
    const all = perTick.reduce((sum, count) => sum + count, 0);
    expect(all).toBeLessThanOrEqual(rows * budget + 1);
    expect(all).toBeGreaterThan(rows * budget * 0.95);
  });

  it("go to what drifts, hardly to a constant, and never leave one alone for long", () => {
    const { reads } = run([smooth, constant, constant, constant]);
    expect(reads[0]?.length).toBeGreaterThan(3 * (reads[1]?.length ?? 0));
    for (const times of reads) {
      const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(8 * uniform + 2);
    }
  });

  it("come as often as if nothing was known once a constant has changed, of the other constants too", () => {
    const wakes = 3_000;
    const sleeper = (at: number): number[] => constant.map((value, tick) => (tick < at ? value : value + (tick % 40)));
    const { reads } = run([smooth, sleeper(wakes), sleeper(wakes + 30), constant]);
    const within = (index: number, from: number, to: number): number =>
      (reads[index] ?? []).filter((time) => time >= from && time < to).length;
    const noticed = reads[1]?.find((time) => time >= wakes) ?? 0;
    expect(noticed - wakes).toBeLessThanOrEqual(8 * uniform);
    // Sixty ticks are ten rounds.
    expect(within(3, noticed, noticed + 60) * 5).toBeGreaterThan(1.5 * within(3, wakes - 300, wakes));
    expect(within(1, noticed, noticed + 300)).toBeGreaterThan(1.5 * within(1, wakes - 300, wakes));
  });

  it("do not all go to one spike", () => {
    const spike = constant.map((value, tick) => (tick === 2_200 ? 1e6 : value));
    const { reads, rows } = run([smooth, spike, autoregressive(1, 4_000, 5), constant]);
    expect(reads[1]?.length).toBeLessThan((rows * 4) / uniform / 4);
  });

  it("go on across times without a value, and know their entities", () => {
    const gone = smooth.map((value, tick) => (tick > 2_500 && tick < 3_000 ? Number.NaN : value));
    const { reads } = run([gone, smooth]);
    expect(reads[0]?.some((time) => time > 3_100)).toBe(true);
    const scheduler = new ReadScheduler({
      entities: [{ objective: "error" }],
      readsPerTick: 1,
      refitEvery: 1,
      longest: 8,
    });
    expect(() => scheduler.observe(1, 0, 0)).toThrow(RangeError);
  });
});
