import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { updateAutomations } from "#modbus/yaml/update-automation.ts";
import { Daemon, pause } from "../support/daemon.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";
import { Bench, type ConfiguredSensor, type Transaction } from "./bench.ts";
import { largestShare, meanAge } from "./line-truth.ts";

const minute = 60_000;
const runFor = (process.env["CADENCE_LONG"] === "1" ? 20 : 1.5) * minute;
const budget = 0.25;
const driveSwitch = "switch.modbus_cadence_site_drive";

/** The twenty registers that Home Assistant reads only on demand, a quarter of the line for them, and four that somebody wants fresh. */
describe(`${runFor / minute} minutes of driving beside a real Home Assistant`, () => {
  const folder = new TemporaryFolder();
  let bench: Bench;
  let daemon: Daemon;
  let driven: readonly ConfiguredSensor[];
  let wanted: readonly ConfiguredSensor[];
  let [from, to] = [0, 0];
  /** Seconds between the reads of each driven register as the drive expected them, at several times. */
  const expected: (readonly number[])[] = [];

  /** Reads of driven registers on the line since `time`. */
  const reads = (time: number): readonly Transaction[] => {
    const registers = new Set(driven.map(({ unit, address }) => `${unit} ${address}`));
    return bench.transactions.filter(
      ({ unit, address, begun }) => begun >= time && registers.has(`${unit} ${address}`),
    );
  };
  const expectedNow = async (): Promise<readonly number[]> => {
    const { entities } = await daemon.overview();
    const seconds = new Map(entities.map(({ entity, drivenSeconds }) => [entity.entityId, drivenSeconds]));
    return driven.map(({ entityId }) => seconds.get(entityId) ?? Number.NaN);
  };

  beforeAll(async () => {
    bench = await Bench.start();
    driven = bench.sensors.filter(({ scanInterval }) => scanInterval === 0);
    wanted = driven.slice(0, 4);
    daemon = new Daemon(["run", "--store", folder.at("store")], {
      environment: {
        ...bench.environment,
        CADENCE_PANEL_PORT: "0",
        CADENCE_PUBLISH_INTERVAL: "5",
        CADENCE_HOME_ASSISTANT_CONFIG: bench.environment["HASS_CONFIG"] as string,
        CADENCE_DRIVE_BUDGET: String(budget),
        CADENCE_DRIVE_LEAST_INTERVAL: "0.5",
        CADENCE_DRIVE_WANTED: wanted.map(({ entityId }) => entityId).join(","),
      },
    });
    await daemon.until(({ connection }) => connection.state === "live", 60_000);
  }, 3 * minute);

  afterAll(async () => {
    await daemon[Symbol.asyncDispose]();
    await Bench.stop();
    folder[Symbol.dispose]();
  });

  it("is off until somebody switches it on in Home Assistant", { timeout: 3 * minute }, async () => {
    await expect.poll(() => bench.state(driveSwitch), { timeout: 40_000 }).toBe("off");
    const begun = Date.now();
    await pause(5_000);
    expect(reads(begun)).toEqual([]);
    await bench.api("services/switch/turn_on", { entity_id: driveSwitch });
    await expect.poll(() => reads(begun).length, { timeout: 20_000 }).toBeGreaterThan(5);
    await expect.poll(() => bench.state(driveSwitch), { timeout: 20_000 }).toBe("on");
  });

  it("gives way to a write of somebody else", { timeout: minute }, async () => {
    await daemon.until(({ buses }) => ["learning", "driving"].includes(buses[0]?.drive?.state ?? ""), 30_000);
    await bench.api("services/modbus/write_register", { hub: "line", slave: 2, address: 1, value: 450 });
    const written = Date.now();
    await daemon.until(({ buses }) => buses[0]?.drive?.state === "paused", 2_000);
    await pause(1_500 - (Date.now() - written));
    // The one that was under way may end.
    expect(reads(written + 200).filter(({ begun }) => begun < written + 1_500)).toEqual([]);
    await daemon.until(({ buses }) => buses[0]?.drive?.state !== "paused", 5_000);
  });

  it("reads all alike first, and says when it knows enough", { timeout: runFor + 6 * minute }, async () => {
    await daemon.until(({ buses }) => buses[0]?.drive?.state === "driving", 5 * minute);
    await pause(20_000);
    from = Date.now();
    while (Date.now() < from + runFor) {
      expected.push(await expectedNow());
      await pause(10_000);
    }
    to = Date.now();
  });

  it("stays within its quarter of the line in every ten seconds", () => {
    const all = reads(from);
    expect(largestShare(all, 10_000)).toBeLessThanOrEqual(budget);
    expect(all.length).toBeGreaterThan((runFor / 1_000) * 2);
  });

  it("keeps the wanted ones as much fresher than reading in turn would as it said", () => {
    const all = reads(from - minute);
    const age = (sensors: readonly ConfiguredSensor[]): number =>
      sensors.reduce((sum, sensor) => sum + meanAge(all, sensor, from, to), 0) / sensors.length;
    const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
    // Reading in turn with as many reads a second: a round, and half of it on average.
    const inTurn = (perSecond: number): number => driven.length / perSecond / 2;
    const predicted = mean(
      expected.map(
        (seconds) =>
          inTurn(seconds.reduce((sum, each) => sum + 1 / each, 0)) / (mean(seconds.slice(0, wanted.length)) / 2),
      ),
    );
    const during = all.filter(({ begun }) => begun >= from && begun < to);
    const measured = inTurn(during.length / ((to - from) / 1_000)) / (age(wanted) / 1_000);
    process.stdout.write(
      `Predicted ${predicted.toFixed(2)} times fresher, measured ${measured.toFixed(2)}; at most ${(largestShare(during, 10_000) * 100).toFixed(1)} % of the line in ten seconds.\n`,
    );
    expect(predicted).toBeGreaterThan(1.5);
    expect(Math.abs(measured / predicted - 1)).toBeLessThan(0.15);
  });

  it("could be left to automations that Home Assistant accepts", async () => {
    const wanted = [1, 2, 5, 30, 60, 300, 3_600].map((interval, index) => ({
      entityId: driven[index]?.entityId ?? "",
      interval,
    }));
    const automations = parse(updateAutomations(wanted)) as { triggers: unknown; actions: unknown }[];
    expect(automations.length).toBe(wanted.length);
    for (const { triggers, actions } of automations) {
      expect(await bench.command({ type: "validate_config", triggers, actions })).toMatchObject({
        triggers: { valid: true },
        actions: { valid: true },
      });
    }
  });

  it("leaves the line alone within a second of its death", { timeout: minute }, async () => {
    expect(reads(Date.now() - 5_000).length).toBeGreaterThan(0);
    await daemon.kill("SIGKILL");
    const died = Date.now();
    await pause(8_000);
    expect(reads(died + 1_000)).toEqual([]);
  });
});
