import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCadence } from "../support/daemon.ts";
import { autoregressive } from "../support/signals.ts";

let root = "";
const sensors = Array.from(
  { length: 40 },
  (_, index) => `- name: Register ${index} # of the pump\r\n  address: ${index}\r\n  scan_interval: 1\r\n`,
).join("");

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "cadence-plan-"));
  mkdirSync(join(root, "modbus"));
  writeFileSync(
    join(root, "configuration.yaml"),
    "modbus:\n- name: pump\n  type: serial\n  port: /dev/ttyUSB0\n  baudrate: 9600\n  method: rtu\n  sensors: !include modbus/sensors.yaml\n",
  );
  writeFileSync(join(root, "modbus", "sensors.yaml"), sensors);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
const plan = (...flags: string[]) =>
  runCadence(["plan", "--yaml", join(root, "configuration.yaml"), ...flags], {
    environment: { CADENCE_STORE_DIRECTORY: join(root, "no-store") },
  });

describe("plan", () => {
  it("says what the configuration asks of its bus", async () => {
    const { code, stdout } = await plan();
    expect(code).toBe(0);
    expect(stdout).toContain("pump is asked for 40 reads a second and can do about 14");
    expect(stdout).toContain("Home Assistant warns of intervals below 5 s");
    expect(stdout).toMatch(/sensor\.register_0 +pump +1 +0 +1 s/);
  });

  it("gives the same as a document", async () => {
    const { stdout } = await plan("--json");
    const { buses, entities, problems } = JSON.parse(stdout) as {
      buses: Record<string, number>[];
      entities: Record<string, unknown>[];
      problems: { file: string }[];
    };
    expect(buses).toMatchObject([{ name: "pump", type: "serial", entities: 40, requestsPerSecond: 40 }]);
    expect(buses[0]?.["demandAfter"]).toBeLessThanOrEqual(0.5);
    expect(entities[3]).toMatchObject({
      entityId: "sensor.register_3",
      bus: "pump",
      unit: 1,
      address: 3,
      count: 1,
      interval: 1,
      proposed: 10,
      file: "modbus/sensors.yaml",
      line: 10,
    });
    expect(problems.every(({ file }) => file === "modbus/sensors.yaml")).toBe(true);
  });

  it("shows the difference, and writes it only when it is asked to, where it stands", async () => {
    const { stdout } = await plan("--diff");
    expect(stdout).toContain("--- a/modbus/sensors.yaml");
    expect(stdout).toContain("+  scan_interval: 10");
    expect(readFileSync(join(root, "modbus", "sensors.yaml"), "utf8")).toBe(sensors);
    const written = await plan("--write");
    expect([written.code, written.stdout]).toEqual([0, expect.stringContaining("modbus.reload")]);
    expect(readFileSync(join(root, "modbus", "sensors.yaml"), "utf8")).toBe(
      sensors.replaceAll("scan_interval: 1\r", "scan_interval: 10\r"),
    );
    const backup = readdirSync(join(root, "modbus")).find((name) => name.endsWith(".bak")) ?? "";
    expect(readFileSync(join(root, "modbus", backup), "utf8")).toBe(sensors);
    expect((await plan("--write")).stdout).toContain("Nothing is to be changed.");
  });

  it("refuses what it cannot use with a sentence", async () => {
    for (const [flags, status] of [
      [["--yaml", join(root, "no.yaml")], 1],
      [["--yaml", join(root, "configuration.yaml"), "--budget", "2"], 2],
      [["--yaml", join(root, "configuration.yaml"), "--reads-per-second", "2"], 2],
      [["--write"], 2],
    ] as const) {
      const { code, stderr } = await runCadence(["plan", ...flags]);
      expect([code, stderr]).toEqual([status, expect.not.stringContaining("    at ")]);
    }
  });
});

describe("plan without a configuration", () => {
  it("replays what is stored, and gives each entity an interval with two numbers", async () => {
    const rows = 3_000;
    const signals: Readonly<Record<string, readonly number[]>> = {
      "sensor.fast": autoregressive(1, rows, 1),
      "sensor.slow": autoregressive(1, rows, 2).map((value) => Math.round(value / 10)),
      "sensor.noise": autoregressive(0, rows, 3),
    };
    const lines = Array.from({ length: rows }, (_, row) =>
      Object.entries(signals).map(
        ([entityId, values]) => `${entityId},${1_700_000_000_000 + row * 10_000},${values[row]?.toFixed(2)}`,
      ),
    ).flat();
    writeFileSync(join(root, "recording.csv"), `entity_id,timestamp_ms,state\n${lines.join("\n")}\n`);
    const store = join(root, "store");
    expect((await runCadence(["replay", join(root, "recording.csv"), "--store", store])).code).toBe(0);
    const { code, stdout } = await runCadence(["plan", "--store", store, "--reads-per-second", "0.2", "--json"]);
    expect(code).toBe(0);
    const { buses, entities } = JSON.parse(stdout) as {
      readonly buses: readonly { readonly requestsPerSecondAfter: number }[];
      readonly entities: readonly {
        readonly entityId: string;
        readonly interval: number;
        readonly proposed: number;
        readonly reason: string;
      }[];
    };
    const proposed = new Map(entities.map((each) => [each.entityId, each]));
    expect(proposed.get("sensor.fast")).toMatchObject({
      interval: 10,
      reason: expect.stringContaining("of its range") as string,
    });
    expect(proposed.get("sensor.noise")).toMatchObject({
      proposed: 60,
      reason: expect.stringContaining("Noise") as string,
    });
    expect(buses[0]?.requestsPerSecondAfter).toBeLessThanOrEqual(0.2);
    const automations = await runCadence(["plan", "--store", store, "--reads-per-second", "0.2", "--automation"]);
    expect(automations.stdout).toMatch(/alias: "Modbus Cadence: read every 1 min"\n {2}triggers:/);
    const table = await runCadence(["plan", "--store", store, "--reads-per-second", "0.2"]);
    expect(table.stdout).toMatch(
      /entities are read 0\.[23]\d* times a second together; with the plan 0\.[12]\d* times/,
    );
  });
});
