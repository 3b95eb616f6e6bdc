import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCadence } from "../support/daemon.ts";
import { autoregressive } from "../support/signals.ts";

let folder = "";
const recording = (): string => join(folder, "polled.csv");
const rows = 3_000;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cadence-simulate-"));
  const signals: Readonly<Record<string, readonly number[]>> = {
    "sensor.fast": autoregressive(1, rows, 1),
    "sensor.slow": autoregressive(1, rows, 2).map((value) => Math.round(value / 10)),
    "sensor.serial": Array<number>(rows).fill(4_711),
  };
  const lines = Array.from({ length: rows }, (_, row) =>
    Object.entries(signals).map(
      ([entityId, values]) => `${entityId},${1_700_000_000_000 + row * 2_000},${values[row]?.toFixed(2)}`,
    ),
  ).flat();
  writeFileSync(recording(), `entity_id,timestamp_ms,state\n${lines.join("\n")}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("simulate", () => {
  it("compares policies on a recording, in a table with a sentence", async () => {
    const { code, stdout } = await runCadence(["simulate", "--polled", recording(), "--reads-per-second", "0.25"]);
    expect(code).toBe(0);
    expect(stdout).toContain("3 entities, 3,000 rows of 2 s; as much load as reading each every 12 s.");
    for (const name of ["uniform", "proportional", "square root", "mean gap / 3", "plan", "drive", "clairvoyant"])
      expect(stdout).toContain(`\n${name} `);
    expect(stdout).toMatch(/A plan gives \d+ % less error/);
  });

  it("tries the intervals of a configuration as well, and compares with them", async () => {
    const yaml = join(folder, "modbus.yaml");
    writeFileSync(
      yaml,
      `- {name: line, type: tcp, host: a, port: 502, sensors: [
  {name: fast, address: 1, scan_interval: 60}, {name: slow, address: 2, scan_interval: 10}, {name: serial, address: 3, scan_interval: 5}]}\n`,
    );
    const { stdout } = await runCadence([
      ...["simulate", "--polled", recording(), "--reads-per-second", "0.25"],
      ...["--yaml", yaml, "--json"],
    ]);
    const { policies } = JSON.parse(stdout) as {
      policies: {
        name: string;
        load: number;
        error: number;
        intervals: Record<string, number>;
        against: { mean: number; high: number };
      }[];
    };
    const [present, uniform] = policies;
    expect(present).toMatchObject({ name: "present", against: { mean: 0 } });
    expect(present?.load).toBeCloseTo(0.25, 1);
    expect(present?.intervals["sensor.fast"]).toBeGreaterThan(5 * (present?.intervals["sensor.slow"] ?? 0));
    expect(uniform?.error).toBeLessThan(present?.error ?? 0);
    expect(policies.find(({ name }) => name === "plan")?.against.high).toBeLessThan(0);
  });

  it("gives the same as a document, intervals in seconds", async () => {
    const { stdout } = await runCadence([
      "simulate",
      "--polled",
      recording(),
      "--reads-per-second",
      "0.25",
      "--objective",
      "staleness",
      "--json",
    ]);
    const document = JSON.parse(stdout) as {
      policies: { name: string; load: number; intervals: Record<string, number> }[];
      gainShare: number;
    };
    expect(document).toMatchObject({ objective: "staleness", uniformSeconds: 12, tickSeconds: 2, rows });
    const plan = document.policies.find(({ name }) => name === "plan")!;
    expect(plan.intervals["sensor.fast"]).toBeLessThan(12);
    expect(plan.intervals["sensor.serial"]).toBeGreaterThanOrEqual(24);
    expect(plan.load).toBeCloseTo(
      Object.values(plan.intervals).reduce((sum, seconds) => sum + 1 / seconds, 0),
      6,
    );
    expect(document.gainShare).toBeGreaterThan(0.5);
  });

  it("refuses what it cannot use with a sentence", async () => {
    writeFileSync(join(folder, "short.csv"), "entity_id,timestamp_ms,state\nsensor.a,1,1\n");
    for (const [flags, status] of [
      [[], 2],
      [["--polled", recording()], 2],
      [["--polled", recording(), "--reads-per-second", "fast"], 2],
      [["--polled", recording(), "--reads-per-second", "0.0001"], 2],
      [["--polled", recording(), "--reads-per-second", "1", "--objective", "beauty"], 2],
      [["--polled", join(folder, "short.csv"), "--reads-per-second", "1"], 1],
      [["--polled", join(folder, "none.csv"), "--reads-per-second", "1"], 1],
    ] as const) {
      const { code, stderr } = await runCadence(["simulate", ...flags]);
      expect([flags, code, stderr]).toEqual([flags, status, expect.not.stringContaining("    at ")]);
    }
  });
});
