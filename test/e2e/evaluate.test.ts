import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compareAll } from "../../bench/evaluate/compare.ts";
import { evaluatePlans, medianGain } from "../../bench/evaluate/plan.ts";
import { hasSharedData, withoutSharedData } from "../support/shared-data.ts";

const root = join(import.meta.dirname, "../..");

describe("npm run evaluate", () => {
  it.skipIf(!hasSharedData)(
    `finds what is true of the recordings (${withoutSharedData})`,
    async () => {
      const rows = await compareAll(() => undefined);
      expect(rows.filter(({ holds }) => holds === false)).toEqual([]);
      expect(rows.filter(({ holds }) => holds === true).length).toBeGreaterThan(50);
    },
    300_000,
  );

  it.skipIf(!hasSharedData)(
    `finds policies of reading better than reading all alike (three of the recordings; ${withoutSharedData})`,
    async () => {
      const some = ["skab-water-pump", "pv-sandia-1min", "office-occupancy-1min"];
      const cases = await evaluatePlans(
        () => undefined,
        (name) => some.includes(name),
      );
      expect(cases.length).toBe(30);
      for (const objective of ["error", "staleness"] as const) {
        expect(medianGain(cases, objective, "drive")).toBeGreaterThan(objective === "error" ? 0.9 : 0.6);
        expect(medianGain(cases, objective, "plan")).toBeGreaterThan(0.6);
        expect(medianGain(cases, objective, "proportional")).toBeLessThan(0.2);
      }
      for (const { worse, load } of cases) {
        expect(worse.drive).toBeLessThan(0.02);
        expect(load.drive).toBeLessThan(1.01);
        expect(load.plan).toBeLessThan(1.01);
      }
    },
    300_000,
  );

  it("says so where no recording is there", () => {
    const { status, stderr } = spawnSync(process.execPath, ["bench/evaluate/main.ts"], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, CADENCE_DATA: "/nowhere" },
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining("is not in /nowhere/series (CADENCE_DATA)")]);
  }, 60_000);
});
