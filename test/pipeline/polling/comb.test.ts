import { describe, expect, it } from "vitest";
import { accumulate, emptyAccumulator, gapsOfReads } from "#pipeline/statistics/accumulator.ts";
import { combInterval } from "#pipeline/polling/comb.ts";
import { TextSource } from "#sources/text-source.ts";
import { join } from "node:path";
import { seeded } from "../../support/random.ts";
import { readingsOf } from "../../support/readings.ts";
import { hasSharedData, sharedData, withoutSharedData } from "../../support/shared-data.ts";

/** Gaps between changes of a value that is read every `interval` ms and then differs with probability `share`. */
function gapsOf(interval: number, share: number, jitter: number, seed = 1): number[] {
  const random = seeded(seed);
  const gaps: number[] = [];
  for (let gap = 0; gaps.length < 64;) {
    gap += interval * (1 + (random() - 0.5) * jitter);
    if (random() >= share) continue;
    gaps.push(gap);
    gap = 0;
  }
  return gaps;
}

describe("the comb in the times between changes", () => {
  it.each([
    [2_000, 1, 0.1],
    [2_000, 0.5, 0.1],
    [22_000, 0.45, 0.04],
    [60_000, 0.8, 0.02],
  ])("gives an interval of %d ms when %d of the reads differ", (interval, share, jitter) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const found = combInterval(gapsOf(interval, share, jitter, seed)) ?? Number.NaN;
      expect(Math.abs(found / interval - 1)).toBeLessThan(0.05);
    }
  });

  it("is not seen in few gaps, in rare changes, or in changes that follow no clock", () => {
    expect(combInterval(gapsOf(2_000, 1, 0).slice(0, 11))).toBeUndefined();
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = seeded(seed);
      expect(combInterval(gapsOf(2_000, 0.005, 0.1, seed))).toBeUndefined();
      expect(combInterval(Array.from({ length: 64 }, () => -Math.log(1 - random()) * 10_000))).toBeUndefined();
    }
  });

  it.skipIf(!hasSharedData).each([
    ["skab-water-pump", 1],
    ["vfd-v20-modbus", 1],
    ["meter-3phase-22s", 22],
    ["pv-sandia-1min", 60],
    ["office-occupancy-1min", 60],
    ["keti-room510-5s", 5],
  ])(`finds the step of the real recording %s: %d s (${withoutSharedData})`, async (name, step) => {
    const states = new Map<string, ReturnType<typeof emptyAccumulator>>();
    for await (const { samples } of new TextSource(join(sharedData, "series", name, "series.csv.gz")).read()) {
      for (const { entityId, time, state } of samples) {
        const learned = states.get(entityId) ?? emptyAccumulator();
        states.set(entityId, learned);
        for (const reading of readingsOf([[time, state]], entityId)) accumulate(learned, reading);
      }
    }
    const found = [...states.values()]
      .map((learned) => combInterval(gapsOfReads(learned)))
      .filter((interval) => interval !== undefined);
    expect(found.length).toBeGreaterThan(1);
    for (const interval of found) expect(Math.abs(interval / 1_000 / step - 1)).toBeLessThan(0.05);
  });
});
