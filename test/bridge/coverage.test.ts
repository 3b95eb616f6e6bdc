import { describe, expect, it } from "vitest";
import { Coverage } from "#bridge/coverage.ts";

const hour = 3_600_000;

describe("what is covered", () => {
  it("goes by Home Assistant's times, whatever this machine's clock says", () => {
    for (const clock of [1_000_000 - 2 * hour, 1_000_000 + 2 * hour]) {
      const coverage = new Coverage({ backfilled: new Set(), coveredUntil: 500_000 });
      coverage.open("start", clock);
      expect(coverage.openGap?.from).toBe(500_000);
      coverage.see(1_000_000, true);
      expect(coverage.close(clock)).toMatchObject({ from: 500_000 });
      expect(coverage.coveredUntil).toBe(1_000_000);
      expect(coverage.open("connection-lost", clock).from).toBe(1_000_000);
    }
  });

  it("is this machine's time before anything was told", () => {
    const coverage = new Coverage({ backfilled: new Set() });
    coverage.open("start", 7_000);
    coverage.close(8_000);
    expect(coverage.coveredUntil).toBe(8_000);
  });

  it("goes back with Home Assistant's clock, and never ahead of an open gap", () => {
    const coverage = new Coverage({ backfilled: new Set(), coveredUntil: 10 * hour });
    coverage.open("start", 10 * hour);
    coverage.see(hour, true);
    expect([coverage.openGap?.from, coverage.coveredUntil]).toEqual([hour, undefined]);
    coverage.close(10 * hour);
    expect(coverage.coveredUntil).toBe(hour);
    coverage.see(12 * hour, true);
    expect(coverage.coveredUntil).toBe(12 * hour);
    coverage.see(2 * hour, true);
    expect(coverage.coveredUntil).toBe(2 * hour);
  });

  it("does not go back for what came a little late, or for an entity that has been quiet", () => {
    const coverage = new Coverage({ backfilled: new Set() });
    coverage.see(10 * hour, true);
    coverage.see(10 * hour - 5_000, true);
    coverage.see(hour, false);
    expect(coverage.coveredUntil).toBe(10 * hour);
  });
});
