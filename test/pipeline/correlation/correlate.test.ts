import { describe, expect, it } from "vitest";
import type { Relation } from "#model/relation.ts";
import { falseDiscoveryRate } from "#pipeline/correlation/correlate.ts";
import { autoregressive, correlationsOf, normal } from "../../support/signals.ts";

const length = 600;
const between = (relations: readonly Relation[], a: string, b: string): Relation | undefined =>
  relations.find((relation) => relation.a === `sensor.${a}` && relation.b === `sensor.${b}`);

/** Two signals of the given correlation. */
function pair(r: number, seed: number): [number[], number[]] {
  const a = autoregressive(0, length, seed);
  const b = autoregressive(0, length, seed + 1_000).map((value, index) => r * a[index]! + Math.sqrt(1 - r * r) * value);
  return [a, b];
}

describe("correlation", () => {
  it("is found as strong as it is, and proven", () => {
    const [a, b] = pair(0.7, 1);
    const { relations, matrix } = correlationsOf({
      "sensor.a": a,
      "sensor.b": b,
      "sensor.c": autoregressive(0, length, 9),
    });
    expect(relations).toHaveLength(1);
    const relation = between(relations, "a", "b")!;
    expect(relation.r).toBeCloseTo(0.7, 1);
    expect(relation).toMatchObject({ proven: true, lagSeconds: 0, n: length });
    expect(matrix!.values[1]).toBeCloseTo(relation.r, 4);
    expect(matrix!.values[0]).toBe(1);
  });

  it("tells who follows, and after how long", () => {
    const a = autoregressive(0.8, length + 10, 3);
    const noise = normal(4);
    const b = a.map((_, index) => (a[index - 4] ?? 0) + 0.3 * noise());
    const { relations } = correlationsOf({ "sensor.a": a.slice(10), "sensor.b": b.slice(10) });
    expect(between(relations, "a", "b")).toMatchObject({ lagSeconds: 4 * 300 });
  });

  it("is the same when a signal is shifted or scaled", () => {
    const [a, b] = pair(0.6, 5);
    const before = between(correlationsOf({ "sensor.a": a, "sensor.b": b }).relations, "a", "b")!;
    const moved = b.map((value) => 1_000 - 5 * value);
    const after = between(correlationsOf({ "sensor.a": a, "sensor.b": moved }).relations, "a", "b")!;
    expect(after.r).toBeCloseTo(-before.r, 3);
    expect(after.rank).toBeCloseTo(-before.rank, 3);
  });

  it("is none between two counters that merely both grow", () => {
    const counter = (seed: number): number[] => {
      let sum = 0;
      return autoregressive(0, length, seed).map((value) => (sum += Math.abs(value)));
    };
    expect(correlationsOf({ "sensor.a": counter(1), "sensor.b": counter(2) }).relations).toEqual([]);
  });

  it("is none for one outlier in common", () => {
    const spiked = (seed: number): number[] => autoregressive(0, length, seed).map((v, i) => (i === 300 ? 1_000 : v));
    const { relations } = correlationsOf({ "sensor.a": spiked(1), "sensor.b": spiked(2) });
    expect(relations.filter(({ proven }) => proven)).toEqual([]);
  });

  it("is seen where two that seldom change do so together", () => {
    const levels = [0, 699, 999, 1_300, 700, 0];
    const steps = (factor: number, offset: number): number[] =>
      levels.flatMap((level) => Array<number>(50).fill(Math.round(level * factor) + offset));
    const { relations } = correlationsOf({ "sensor.a": steps(1, 0), "sensor.b": steps(0.3, 7) });
    expect(between(relations, "a", "b")?.proven).toBe(true);
  });

  it("of what does not vary, or hardly, is none", () => {
    const { relations, signals } = correlationsOf({
      "sensor.a": Array<number>(length).fill(5),
      "sensor.b": autoregressive(0, length, 1),
      "sensor.c": [],
    });
    expect(relations).toEqual([]);
    expect([...signals.keys()]).toEqual(["sensor.b"]);
  });

  it.each([0, 0.95, 1])(
    "is claimed of independent signals no oftener than is stated (memory %s, 1,000 seeds)",
    (memory) => {
      let homes = 0;
      for (let seed = 0; seed < 1_000; seed += 1) {
        const signals = Array.from({ length: 4 }, (_, index) => [
          `sensor.s${index}`,
          autoregressive(memory, 200, seed * 4 + index),
        ]);
        const { relations } = correlationsOf(Object.fromEntries(signals));
        if (relations.some(({ proven }) => proven)) homes += 1;
      }
      // The rate, and three times the deviation of counting it.
      expect(homes / 1_000).toBeLessThanOrEqual(falseDiscoveryRate + 3 * Math.sqrt(falseDiscoveryRate / 1_000));
    },
    120_000,
  );
});
