import { describe, expect, it } from "vitest";
import type { PatternKind } from "#model/pattern.ts";
import { RecentColumns } from "#pipeline/correlation/recent-columns.ts";
import { Signal } from "#pipeline/correlation/signal.ts";
import { Grid } from "#pipeline/grid/grid.ts";
import { addToTrace, emptyTrace } from "#pipeline/grid/trace.ts";
import { findPatterns } from "#pipeline/patterns/find-patterns.ts";
import { StatisticsStage } from "#pipeline/statistics/statistics-stage.ts";
import { readingsOf } from "../../support/readings.ts";
import { autoregressive, normal } from "../../support/signals.ts";

const minute = 60_000;
const day = 1_440;
const start = 1_700_006_400_000;

/** Patterns of values that were read once a minute; `silence` minutes go by after them. */
function patternsOf(values: readonly (number | string)[], { silence = 0, unit = "°C" } = {}) {
  const rows = values.map((value, index) => [start + index * minute, String(value)] as const);
  const changed = rows.filter(([, state], index) => state !== rows[index - 1]?.[1]);
  const readings = readingsOf(changed);
  const stage = new StatisticsStage();
  stage.step(readings);
  const trace = emptyTrace();
  for (const reading of readings) addToTrace(trace, reading);
  const grid = Grid.of([trace]);
  const now = start + (values.length + silence) * minute;
  return findPatterns({
    statistics: stage.summarize("sensor.a", { now, interval: 60 })!,
    behaviour: stage.behaviour("sensor.a")!,
    trace,
    signal: new Signal("sensor.a", trace, grid, new RecentColumns()),
    grid,
    unit,
    now,
    utcOffset: 1,
  });
}
const kinds = (...given: Parameters<typeof patternsOf>): PatternKind[] => patternsOf(...given).map(({ kind }) => kind);
const sentence = (kind: PatternKind, ...given: Parameters<typeof patternsOf>): string | undefined =>
  patternsOf(...given).find((pattern) => pattern.kind === kind)?.sentence;

const fixed = (values: readonly number[], digits = 1): string[] => values.map((value) => value.toFixed(digits));

describe("what an entity does", () => {
  it("is nothing at all, of a constant", () => {
    expect(patternsOf(Array(100).fill("5"))).toMatchObject([
      { kind: "constant", sentence: "Shows 5, and never anything else in 1.7 h." },
    ]);
  });

  it("is a period, in words", () => {
    const random = normal(1);
    const compressor = Array.from({ length: 2 * day }, (_, row) => (row % 33 < 12 ? 40 : 20) + random());
    expect(sentence("periodic", fixed(compressor))).toBe("Repeats every 33 min; seen 86 times.");
    const daily = Array.from(
      { length: 6 * day },
      (_, row) => 20 + 5 * Math.sin((2 * Math.PI * row) / day) + 0.2 * random(),
    );
    expect(sentence("periodic", fixed(daily))).toMatch(/^Repeats every day; seen [56] times\.$/);
  });

  it("is silence, when it was never silent before", () => {
    expect(sentence("stuck", fixed(autoregressive(0.9, 200, 2)), { silence: 600 })).toMatch(
      /^Has not changed for 10 h; before, never longer than [1-9](\.\d)? min\.$/,
    );
    expect(kinds(fixed(autoregressive(0.9, 200, 2)))).not.toContain("stuck");
  });

  it("is noise", () => {
    expect(sentence("noise", fixed(autoregressive(0, 800, 3)), { unit: "A" })).toMatch(
      /^Differs only by noise of ±(0\.9\d+|1(\.0\d)?)\u00a0A: reading it more often tells nothing\.$/,
    );
  });

  it("is a drift", () => {
    const random = normal(5);
    const values = Array.from({ length: 900 }, (_, row) => 20 + row / 100 + 0.3 * random());
    expect(sentence("drift", fixed(values))).toMatch(/^Drifts upwards, by 8\.\d+\u00a0°C in 15 h\.$/);
  });

  it("is a change of level, with its time where people live", () => {
    const random = normal(6);
    const values = Array.from({ length: 600 }, (_, row) => (row < 300 ? 20 : 30) + random());
    expect(sentence("level-change", fixed(values))).toMatch(
      /^Changed its level on 2023-11-15 0[67]:\d\d, from (19\.9|20(\.\d)?)\u00a0°C to (29\.9|30(\.\d)?)\u00a0°C\.$/,
    );
  });

  it("is quiet nights", () => {
    const random = normal(7);
    const values: string[] = [];
    for (let row = 0; row < 3 * day; row += 1) {
      const hour = Math.floor((row % day) / 60);
      values.push(hour >= 7 && hour < 21 ? random().toFixed(2) : (values.at(-1) ?? "0.00"));
    }
    expect(sentence("night-quiet", values)).toBe("Hardly changes between 22:00 and 8:00.");
  });

  it("is bursts", () => {
    const values: string[] = [];
    for (let row = 0; row < 1_500; row += 1) values.push(row % 500 < 20 ? String(row % 7) : (values.at(-1) ?? "0"));
    expect(kinds(values)).toContain("burst");
  });

  it("is one of a few modes", () => {
    const values = Array.from(
      { length: 400 },
      (_, row) => ["off", "heat", "off", "defrost"][Math.floor(row / 40) % 4]!,
    );
    expect(sentence("mode", values)).toMatch(
      /^Is one of 3: off \(5\d\u00a0%\), heat \(\d+\u00a0%\), defrost \(\d+\u00a0%\)\.$/,
    );
  });

  it("is only ever rising, with what set it back", () => {
    const values = Array.from({ length: 900 }, (_, row) => (row < 600 ? row : row - 600));
    expect(sentence("counter", values)).toBe("Only rises; was once set back.");
    const exchanged = Array.from({ length: 900 }, (_, row) => row + (row > 400 ? 5_000 : 0));
    expect(sentence("counter", exchanged)).toBe("Only rises; was never set back, and jumped once.");
  });

  it("of what has no value is not said", () => {
    expect(patternsOf(["unavailable", "unknown"])).toEqual([]);
  });
});
