import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addToTrace,
  binWidths,
  compactTrace,
  emptyTrace,
  evenlySpaced,
  mostBins,
  type Trace,
  traceSpan,
} from "#pipeline/grid/trace.ts";
import { PerEntityStage } from "#pipeline/per-entity-stage.ts";
import { readingsOf } from "../../support/readings.ts";
import { traceOf } from "../../support/signals.ts";

const shown = (trace: Trace): readonly (readonly [number, number])[] =>
  Array.from({ length: trace.count }, (_, index) => [
    trace.bins[index] as number,
    (trace.values[index] as number) + trace.origin,
  ]);

describe("a trace", () => {
  it("holds the last value of each bin in which it changed", () => {
    const trace = emptyTrace();
    const rows = [
      [10_000, "1"],
      [10_400, "2"],
      [11_000, "2"],
      [15_000, "unavailable"],
      [16_000, "5"],
    ] as const;
    for (const reading of readingsOf(rows)) addToTrace(trace, reading);
    expect(shown(trace)).toEqual([
      [10, 2],
      [15, Number.NaN],
      [16, 5],
    ]);
  });

  it("takes switches for numbers, and nothing that is older", () => {
    const trace = emptyTrace();
    for (const reading of readingsOf([
      [1_000, "off"],
      [2_000, "on"],
      [1_500, "off"],
      [3_000, "auto"],
    ]))
      addToTrace(trace, reading);
    expect(shown(trace)).toEqual([
      [1, 0],
      [2, 1],
      [3, Number.NaN],
    ]);
  });

  it("never holds more bins than it may, nor older ones than it needs", () => {
    const trace = traceOf(
      Array.from({ length: 40_000 }, (_, index) => index % 97),
      { width: 60_000 },
    );
    expect(trace.count).toBeLessThanOrEqual(mostBins);
    expect(trace.width).toBe(binWidths.at(-1));
    expect(trace.bins[1]! * trace.width).toBeGreaterThan(trace.lastTime - traceSpan - trace.width);
  });

  it("is, once its bins are wider, what wider bins would have held", () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 100, max: 9_000 }), fc.integer({ min: 0, max: 5 })), {
      minLength: mostBins + 200,
      maxLength: mostBins + 900,
    });
    fc.assert(
      fc.property(gaps, (steps) => {
        let time = 1_700_000_000_000;
        const rows = steps.map(([gap, value]) => [(time += gap), String(value)] as const);
        const trace = emptyTrace();
        for (const reading of readingsOf(rows)) addToTrace(trace, reading);
        const last = new Map<number, number>();
        for (const [at, state] of rows) last.set(Math.floor(at / trace.width), Number(state));
        for (const [bin, value] of shown(trace)) expect(last.get(bin)).toBeCloseTo(value, 5);
        let value = Number.NaN;
        const entries = new Map(shown(trace));
        for (const [bin, expected] of last) {
          value = entries.get(bin) ?? value;
          expect(value).toBeCloseTo(expected, 5);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("is the same however its readings are cut into batches, and after a restart", () => {
    const readings = readingsOf(
      Array.from({ length: 5_000 }, (_, index) => [index * 1_700, String((index * 7) % 13)] as const),
    );
    const whole = new PerEntityStage(emptyTrace, addToTrace);
    whole.step(readings);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 3, maxLength: 9 }), (sizes) => {
        let stage = new PerEntityStage(emptyTrace, addToTrace);
        let at = 0;
        for (let index = 0; at < readings.length; index += 1) {
          const size = sizes[index % sizes.length] as number;
          stage.step(readings.slice(at, at + size));
          at += size;
          const restarted = new PerEntityStage(emptyTrace, addToTrace);
          restarted.restore("sensor.a", compactTrace(stage.states.get("sensor.a") as Trace));
          stage = restarted;
        }
        expect(compactTrace(stage.states.get("sensor.a") as Trace)).toEqual(
          compactTrace(whole.states.get("sensor.a") as Trace),
        );
      }),
      { numRuns: 10 },
    );
  });

  it("gives as many values as are wanted for a picture", () => {
    expect(evenlySpaced(traceOf([1, 2, 3, 4, 5, 6, 7, 8, 9]), 5)).toEqual([1, 3, 5, 7, 9]);
    expect(evenlySpaced(emptyTrace(), 5)).toEqual([]);
  });
});
