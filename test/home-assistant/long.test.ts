import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Daemon, pause } from "../support/daemon.ts";
import { Bench } from "./bench.ts";
import { differences, storedSamples } from "./recorder-truth.ts";

const minute = 60_000;
const stillOnTheirWay = 5_000;
const isLong = process.env["CADENCE_LONG"] === "1";

describe.skipIf(!isLong)("half an hour of trouble (only with npm run test:home-assistant -- --long)", () => {
  const directory = mkdtempSync(join(tmpdir(), "cadence-long-"));
  const store = join(directory, "store");
  afterAll(async () => {
    await Bench.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("leaves every state that the recorder wrote in the store, exactly once", { timeout: 45 * minute }, async () => {
    const bench = await Bench.start();
    const start = (): Daemon =>
      new Daemon(["run", "--store", store], {
        directory,
        environment: { ...bench.environment, CADENCE_PANEL_PORT: "0", CADENCE_PUBLISH_INTERVAL: "10" },
      });
    const startedAt = Date.now();
    const at = (minutes: number): Promise<void> => pause(Math.max(0, startedAt + minutes * minute - Date.now()));
    let log = "";
    await using first = start();
    await first.until((overview) => overview.entities.length === 44, 90_000);
    await at(3);
    await bench.restartHomeAssistant();
    await at(6);
    await bench.restartBroker();
    await at(8);
    first.signal("SIGSTOP");
    await at(9);
    first.signal("SIGCONT");
    await at(12);
    await bench.restartHomeAssistant();
    await at(15);
    await first.kill("SIGKILL");
    log += first.log;
    await at(15.5);
    await using second = start();
    await at(18);
    bench.signalHomeAssistant("SIGSTOP");
    await at(19);
    bench.signalHomeAssistant("SIGCONT");
    await at(22);
    await bench.restartBroker();
    await at(25);
    await bench.restartHomeAssistant();
    await at(30);
    const overview = await second.overview();
    expect(overview.connection.state).toBe("live");
    expect(overview.ingest.openGaps).toBe(0);
    expect(await bench.state("sensor.modbus_cadence_site_connection")).toBe("live");
    await second.kill("SIGINT");
    log += second.log;
    const endedAt = Date.now();
    const until = endedAt - stillOnTheirWay;
    const stored = await storedSamples(store, join(directory, "export"));
    await pause(2_000);
    const ids = bench.sensors.map(({ entityId }) => entityId);
    const truth = bench.recorded(ids, startedAt, until);
    expect(truth.length).toBeGreaterThan(2_000);
    const ours = stored.filter(({ time }) => time >= startedAt && time < until);
    expect(differences(truth, ours)).toEqual({ missing: [], extra: [] });
    expect(log.split("\n").filter((line) => / error: /.test(line))).toEqual([]);
    const complaints = bench.log.split("\n").filter((line) => / (WARNING|ERROR) .*cadence/i.test(line));
    expect(complaints).toEqual([]);
  });
});
