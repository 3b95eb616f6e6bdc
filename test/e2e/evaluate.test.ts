import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compareAll } from "../../bench/evaluate/compare.ts";
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

  it("says so where no recording is there", () => {
    const { status, stderr } = spawnSync(process.execPath, ["bench/evaluate/main.ts"], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, CADENCE_DATA: "/nowhere" },
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining("is not in /nowhere/series (CADENCE_DATA)")]);
  }, 60_000);
});
