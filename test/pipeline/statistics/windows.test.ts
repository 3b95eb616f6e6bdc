import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PerEntityStage } from "#pipeline/per-entity-stage.ts";
import { addToWindows, emptyWindows, summarizeWindow, type Windows } from "#pipeline/statistics/windows.ts";
import { accumulate, emptyAccumulator } from "#pipeline/statistics/accumulator.ts";
import { binaryObjectCodec } from "#storage/codec/binary-object.ts";
import { readingsOf } from "../../support/readings.ts";
import { normal } from "../../support/signals.ts";

const hour = 3_600_000;
const day = 24 * hour;
const start = 1_700_006_400_000;

function learn(rows: readonly (readonly [number, string])[]): Windows {
  const windows = emptyWindows();
  for (const reading of readingsOf(rows)) addToWindows(windows, reading);
  return windows;
}

describe("windows", () => {
  it("tell of the last hour, day and week what was shown in them", () => {
    // A value an hour: its hour since the start.
    const rows = Array.from({ length: 30 * 24 }, (_, index) => [start + index * hour, String(index)] as const);
    const windows = learn(rows);
    const now = start + 30 * day;
    const of = (name: "1h" | "24h" | "7d" | "all") => summarizeWindow(windows, name, now)!;
    expect(of("1h")).toMatchObject({ minimum: 719, maximum: 719, mean: 719, availability: 1 });
    expect(of("24h")).toMatchObject({ from: now - day, minimum: 696, maximum: 719, changes: 24 });
    expect(of("24h").mean).toBeCloseTo(707.5, 3);
    expect(of("7d")).toMatchObject({ from: now - 7 * day, minimum: 552, maximum: 719, changes: 168 });
    expect(of("7d").deviation).toBeCloseTo(Math.sqrt((168 ** 2 - 1) / 12), 1);
    expect(of("all")).toMatchObject({ minimum: 0, maximum: 719, changes: 720 });
    for (const name of ["24h", "7d", "all"] as const) {
      const { quantiles, rankError, minimum, maximum } = of(name);
      const middle = (minimum! + maximum! + 1) / 2;
      expect(Math.abs(quantiles!.p50 - middle)).toBeLessThanOrEqual(rankError! * (maximum! - minimum! + 1) + 1);
    }
  });

  it("hold what is shown until now, also for weeks", () => {
    const windows = learn([
      [start, "1"],
      [start + hour, "5"],
    ]);
    const now = start + 60 * day;
    expect(summarizeWindow(windows, "24h", now)).toMatchObject({ mean: 5, minimum: 5, changes: 0, availability: 1 });
    const all = summarizeWindow(windows, "all", now)!;
    expect(all).toMatchObject({ minimum: 1, maximum: 5 });
    expect(all.mean).toBeCloseTo((1 + 5 * (60 * 24 - 1)) / (60 * 24), 6);
    // Asking changes nothing.
    expect(summarizeWindow(windows, "1h", start + 2 * hour)).toMatchObject({ mean: 5 });
  });

  it("leave out the time without a value; a text is a value, and no number", () => {
    const gone = learn([
      [start, "4"],
      [start + 6 * hour, "unavailable"],
      [start + 18 * hour, "8"],
    ]);
    const figures = summarizeWindow(gone, "24h", start + 24 * hour)!;
    expect(figures.availability).toBeCloseTo(0.5, 9);
    expect(figures.mean).toBeCloseTo(6, 9);
    const modes = summarizeWindow(learn([[start, "heating"]]), "24h", start + hour)!;
    expect(modes).toMatchObject({ availability: 1, changes: 1 });
    expect(modes.mean).toBeUndefined();
    expect(summarizeWindow(emptyWindows(), "all", start)).toBeUndefined();
  });

  it("are the same however the readings are cut, and after a restart", () => {
    const random = normal(3);
    const readings = readingsOf(
      Array.from({ length: 3_000 }, (_, index) => [start + index * 97_000, (20 + random()).toFixed(2)] as const),
    );
    const whole = new PerEntityStage(emptyWindows, addToWindows);
    whole.step(readings);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), (size) => {
        let stage = new PerEntityStage(emptyWindows, addToWindows);
        for (let at = 0; at < readings.length; at += size) {
          stage.step(readings.slice(at, at + size));
          const restarted = new PerEntityStage(emptyWindows, addToWindows);
          restarted.restore("sensor.a", structuredClone(stage.states.get("sensor.a")));
          stage = restarted;
        }
        expect(structuredClone(stage.states.get("sensor.a"))).toEqual(structuredClone(whole.states.get("sensor.a")));
      }),
      { numRuns: 15 },
    );
  });

  it("stay below 4 kB as stored, together with all other figures of an entity", () => {
    const random = normal(4);
    const [windows, accumulator] = [emptyWindows(), emptyAccumulator()];
    const rows = Array.from(
      { length: 20_000 },
      (_, index) => [start + index * 60_000, (1e4 * random()).toFixed(3)] as const,
    );
    for (const reading of readingsOf(rows)) {
      addToWindows(windows, reading);
      accumulate(accumulator, reading);
    }
    expect(windows.finished.map(({ length }) => length)).toEqual([2, 4, 7]);
    expect(binaryObjectCodec.encode({ windows, accumulator }).length).toBeLessThan(4_096);
  });
});
