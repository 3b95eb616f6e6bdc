import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Overview } from "#model/overview.ts";
import { Daemon, pause, runCadence } from "../support/daemon.ts";
import { Bench, type RecordedState } from "./bench.ts";
import { busyShare, meanGap } from "./line-truth.ts";
import { differences, storedSamples } from "./recorder-truth.ts";

const minute = 60_000;
/** The whole run; what happens in it stands in `beforeAll`. */
const runFor = 10 * minute;
/** The recorder commits every second here; the daemon gathers for a second. Younger rows may be on their way. */
const stillOnTheirWay = 5_000;

/**
 * Ten minutes beside a real Home Assistant, with a restart of Home Assistant and a `kill -9` of the daemon, and then two
 * truths to compare with: what the recorder wrote, and what travelled on the line.
 */
describe("ten minutes beside a real Home Assistant", () => {
  const directory = mkdtempSync(join(tmpdir(), "cadence-truth-"));
  const store = join(directory, "store");
  let bench: Bench;
  let startedAt = 0;
  let firstSensorsAfter = 0;
  let devices: readonly string[];
  let last: Overview;
  let beforeRestart: Overview;
  let stored: readonly RecordedState[];
  let endedAt = 0;
  let stopTook = 0;
  let log = "";

  const startDaemon = (): Daemon =>
    new Daemon(["run", "--store", store], {
      directory,
      environment: { ...bench.environment, CADENCE_PANEL_PORT: "0" },
    });

  /** Somebody asks for the driven registers now and then, as an automation would. */
  const drive = async (until: number): Promise<void> => {
    const driven = bench.sensors.filter(({ scanInterval }) => scanInterval === 0).map(({ entityId }) => entityId);
    while (Date.now() < until) {
      await bench.api("services/homeassistant/update_entity", { entity_id: driven.slice(0, 5) }).catch(() => undefined);
      await pause(Math.min(7_000, Math.max(0, until - Date.now())));
    }
  };

  beforeAll(async () => {
    bench = await Bench.start();
    startedAt = Date.now();
    const endAt = startedAt + runFor;
    const driving = drive(endAt - 10_000);

    const first = startDaemon();
    await first.until((overview) => overview.entities.length === 44, 90_000);
    firstSensorsAfter = await ourSensorsAppear(bench, startedAt);
    devices = await devicesOf(bench);
    await pause(startedAt + 3 * minute - Date.now());
    beforeRestart = await first.overview();
    await bench.restartHomeAssistant();
    await first.until(({ connection }) => connection.state === "live", 120_000);
    await pause(startedAt + 5 * minute - Date.now());
    await first.kill("SIGKILL");
    log += first.log;

    await pause(20_000);
    const second = startDaemon();
    await pause(endAt - Date.now());
    last = await second.overview();
    const stopAt = performance.now();
    await second.kill("SIGINT");
    stopTook = performance.now() - stopAt;
    endedAt = Date.now();
    log += second.log;
    await driving;

    stored = await storedSamples(store, join(directory, "export"));
    await pause(2_000);
  });

  afterAll(async () => {
    await Bench.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("finds all 44 entities, those without a unique id too", () => {
    const found = last.entities.map(({ entity }) => entity.entityId).toSorted();
    expect(found).toEqual(bench.sensors.map(({ entityId }) => entityId).toSorted());
    expect(bench.sensors.filter(({ uniqueId }) => uniqueId === undefined).length).toBeGreaterThan(10);
  });

  it("shows its sensors in Home Assistant within three minutes", () => {
    expect(firstSensorsAfter).toBeLessThan(3 * minute);
    expect(devices).toContain("Modbus Cadence");
    expect(devices.some((name) => name.startsWith("Modbus bus "))).toBe(true);
  });

  it("holds every state the recorder wrote exactly once, and nothing else", () => {
    const until = endedAt - stillOnTheirWay;
    const ids = bench.sensors.map(({ entityId }) => entityId);
    const truth = bench.recorded(ids, startedAt, until);
    expect(truth.length).toBeGreaterThan(500);
    const ours = stored.filter(({ time }) => time >= startedAt && time < until);
    expect(differences(truth, ours)).toEqual({ missing: [], extra: [] });
  });

  it("reports the effective interval of every polled entity within 5 % of the line's own log", () => {
    const wrong = bench.sensors
      .filter(({ scanInterval }) => scanInterval > 0)
      .map((sensor) => ({
        entityId: sensor.entityId,
        truth: meanGap(bench, sensor, endedAt - 4 * minute, endedAt),
        reported: last.entities.find(({ entity }) => entity.entityId === sensor.entityId)?.interval?.seconds,
      }))
      .filter(({ truth, reported }) => reported === undefined || Math.abs(reported / truth - 1) > 0.05);
    expect(wrong).toEqual([]);
  });

  it("reports the load of the line within 10 % of the line's own log", () => {
    const from = startedAt + 60_000;
    const to = startedAt + 3 * minute;
    const utilisation = beforeRestart.buses[0]?.load.utilisation ?? Number.NaN;
    expect(utilisation / busyShare(bench, from, to)).toBeGreaterThan(0.9);
    expect(utilisation / busyShare(bench, from, to)).toBeLessThan(1.1);
  });

  it("predicts from the configuration what the line carries, within 10 % of its log, and every interval within 5 %", async () => {
    const configuration = join(bench.environment["HASS_CONFIG"] ?? "", "configuration.yaml");
    const { stdout } = await runCadence(["plan", "--yaml", configuration, "--store", store, "--json"]);
    const { buses, entities } = JSON.parse(stdout) as {
      readonly buses: readonly { readonly name: string; readonly utilisation: number }[];
      readonly entities: readonly { readonly entityId: string; readonly predicted: number | null }[];
    };
    expect(buses.map(({ name }) => name)).toEqual(["line"]);
    const polled = bench.sensors.filter(({ scanInterval }) => scanInterval > 0);
    const [from, to] = [startedAt + 60_000, startedAt + 3 * minute];
    // What somebody asked for beside the configuration stands in the log as well.
    const truth = busyShare(bench, from, to, polled);
    expect(Math.abs((buses[0]?.utilisation ?? 0) / truth - 1)).toBeLessThan(0.1);
    const wrong = polled
      .map((sensor) => ({
        entityId: sensor.entityId,
        truth: meanGap(bench, sensor, endedAt - 4 * minute, endedAt),
        predicted: entities.find(({ entityId }) => entityId === sensor.entityId)?.predicted ?? 0,
      }))
      .filter(({ truth: gap, predicted }) => Math.abs(predicted / gap - 1) > 0.05);
    expect(wrong).toEqual([]);
  });

  it("gives an advice with a reason to every polled entity", () => {
    const polled = bench.sensors.filter(({ scanInterval }) => scanInterval > 0).map(({ entityId }) => entityId);
    const without = last.entities.filter(
      ({ entity, advice }) => polled.includes(entity.entityId) && (advice?.reason ?? "") === "",
    );
    expect(without).toEqual([]);
  });

  it("stops in under two seconds, and never logs the token or an error of its own", () => {
    expect(stopTook).toBeLessThan(2_000);
    expect(log).not.toContain(bench.environment["HASS_TOKEN"]);
    expect(log.split("\n").filter((line) => / error: /.test(line))).toEqual([]);
  });
});

/** Milliseconds after `since` at which Home Assistant shows a sensor of ours with a value. */
async function ourSensorsAppear(bench: Bench, since: number): Promise<number> {
  while (Date.now() - since < 4 * minute) {
    const states = (await bench.api("states")) as readonly { entity_id: string; state: string }[];
    const ours = states.filter(({ entity_id: id }) => /cadence/.test(id));
    if (ours.some(({ state }) => Number(state) > 0)) return Date.now() - since;
    await pause(1_000);
  }
  return Number.POSITIVE_INFINITY;
}

/** Names of the devices in Home Assistant that hold a sensor of ours. */
async function devicesOf(bench: Bench): Promise<readonly string[]> {
  const template =
    "{{ states.sensor | selectattr('entity_id', 'search', 'cadence') | map(attribute='entity_id') | map('device_attr', 'name') | unique | list | to_json }}";
  return (await bench.api("template", { template })) as readonly string[];
}
