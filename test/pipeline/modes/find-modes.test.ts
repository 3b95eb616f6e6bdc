import { describe, expect, it } from "vitest";
import type { OperatingModes } from "#model/operating-mode.ts";
import { findClusters } from "#pipeline/clusters/clusters.ts";
import { explainedShare } from "#pipeline/modes/explained.ts";
import { findModes } from "#pipeline/modes/find-modes.ts";
import { levelsOf } from "#pipeline/modes/levels.ts";
import { seeded } from "../../support/random.ts";
import { autoregressive, correlationsOf, finish, normal } from "../../support/signals.ts";

function modesOf(signals: Readonly<Record<string, readonly number[]>>): OperatingModes | undefined {
  const correlations = correlationsOf(signals);
  const names = new Map(Object.keys(signals).map((entityId) => [entityId, entityId.split(".")[1] as string]));
  const { clusters } = findClusters(correlations.relations, { names, before: [] });
  return finish(findModes(correlations.signals, correlations.grid, { clusters, names }));
}

/** 0 and 1, staying in each for a random time of `rows` on average. */
function telegraph(count: number, rows: number, seed: number): number[] {
  const random = seeded(seed);
  let state = 0;
  return Array.from({ length: count }, () => (random() < 1 / rows ? (state = 1 - state) : state));
}

/** A heat pump that heats the house, or water, or rests; each with noise. */
function heatPump(seed: number) {
  const noise = normal(seed);
  const runs = telegraph(1_200, 12, seed);
  const water = telegraph(1_200, 60, seed + 1).map((value, row) => (value === 1 && runs[row] === 1 ? 1 : 0));
  const mode = runs.map((on, row) => on + (water[row] as number));
  const by = (levels: readonly [number, number, number], spread: number): number[] =>
    mode.map((each) => (levels[each] as number) + spread * noise());
  return {
    "binary_sensor.compressor": runs,
    "sensor.valve": water.map((value) => value * 3),
    "sensor.power": by([5, 1_800, 2_600], 60),
    "sensor.flow_temperature": by([24, 34, 52], 1.5),
    "sensor.tank_loss": by([1, 1, 4], 0.3),
    "sensor.outdoor": autoregressive(0.99, 1_200, seed + 2),
  };
}

describe("the modes of a site", () => {
  it.each([10, 20, 30])("are those it was made with, with shares and what follows what (seed %s)", (seed) => {
    const signals = heatPump(seed);
    const found = modesOf(signals)!;
    expect(found.modes.length).toBe(3);
    const shares = found.modes.map(({ share }) => share).toSorted();
    const { "binary_sensor.compressor": runs, "sensor.valve": valve } = signals;
    const water = valve.filter((value) => value > 0).length / valve.length;
    const on = runs.filter((value) => value > 0).length / runs.length;
    for (const [index, share] of [water, on - water, 1 - on].toSorted().entries()) {
      expect(Math.abs((shares[index] as number) - share)).toBeLessThan(0.03);
    }
    expect(found.explained).toBeGreaterThan(0.5);
    for (const [index, { visits }] of found.modes.entries()) {
      const into = found.transitions.filter(({ to }) => to === index).reduce((sum, { count }) => sum + count, 0);
      expect(Math.abs(visits - into)).toBeLessThanOrEqual(visits * 0.2 + 2);
    }
  });

  it("are named by states that people see, and told with what is typical of them", () => {
    const signals = heatPump(10);
    const { modes, now } = modesOf(signals)!;
    const names = modes.map(({ name }) => name);
    expect(names.toSorted()).toEqual([
      "valve at 0, compressor off",
      "valve at 0, compressor on",
      "valve at 3, compressor on",
    ]);
    const water = modes[names.indexOf("valve at 3, compressor on")]!;
    const warmest = water.typical.find(({ entityId }) => entityId === "sensor.flow_temperature")!;
    expect(warmest.mean).toBeCloseTo(52, 0);
    const [valve, compressor] = [signals["sensor.valve"].at(-1), signals["binary_sensor.compressor"].at(-1)];
    expect(names[now!]).toBe(`valve at ${valve}, compressor ${compressor === 1 ? "on" : "off"}`);
  });

  it("are none of switches that nothing else goes by (200 seeds)", () => {
    let found = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      const signals = {
        "binary_sensor.light": telegraph(600, 15, seed),
        "binary_sensor.door": telegraph(600, 40, seed + 1_000),
        "sensor.walk": autoregressive(1, 600, seed + 2_000),
        "sensor.slow": autoregressive(0.97, 600, seed + 3_000),
        "sensor.noise": autoregressive(0, 600, seed + 4_000),
      };
      if (modesOf(signals) !== undefined) found += 1;
    }
    expect(found).toBeLessThanOrEqual(2);
  });

  it("are none of a site of three constants, nor of nothing", () => {
    expect(modesOf({ "sensor.a": [1, 1, 1] })).toBeUndefined();
    expect(modesOf({})).toBeUndefined();
  });
});

describe("the states of a signal", () => {
  const levels = (values: readonly number[]) => levelsOf({ values: Float64Array.from(values), isMonotone: false });
  const held = telegraph(400, 20, 1);

  it("are those of a switch, of something at rest, and of two levels", () => {
    const noise = normal(2);
    expect(levels(held)?.words).toEqual(["off", "on"]);
    expect(levels(held.map((on) => (on === 0 ? 0 : 500 + 50 * noise())))?.words).toEqual(["at rest", "busy"]);
    expect(levels(held.map((on) => 20 + 30 * on + noise()))?.words).toEqual(["low", "high"]);
  });

  it("are not known where the value is not", () => {
    expect(levels([Number.NaN, ...held])?.labels[0]).toBe(-1);
  });

  it("are none of noise, of a wave, of what flickers, and of whole degrees", () => {
    expect(levels(autoregressive(0, 400, 1))).toBeUndefined();
    expect(levels(Array.from({ length: 400 }, (_, row) => Math.sin(row / 20)))).toBeUndefined();
    expect(levels(Array.from({ length: 400 }, (_, row) => row % 2))).toBeUndefined();
    expect(levels(Array.from({ length: 400 }, (_, row) => 20 + Math.round(2 * Math.sin(row / 20))))).toBeUndefined();
  });
});

describe("the share that states explain", () => {
  it("is all of what they decide, and nothing of what they do not, on average", () => {
    const labels = Int16Array.from(telegraph(2_000, 1.5, 3));
    expect(explainedShare(Float64Array.from(labels), labels, 2, 2_000)).toBe(1);
    expect(explainedShare(Float64Array.from(autoregressive(0, 2_000, 4)), labels, 2, 2_000)).toBeLessThan(0.005);
    expect(explainedShare(new Float64Array(2_000), labels, 2, 2_000)).toBe(0);
  });
});
