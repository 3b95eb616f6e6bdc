import { readFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { systemClock } from "#core/clock.ts";
import { silentLogger } from "#core/logger.ts";
import { SimulatedHome } from "#simulator/simulated-home.ts";
import { Daemon, pause, runCadence } from "../support/daemon.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).toReversed()) await resource[Symbol.asyncDispose]();
});

const panel = { CADENCE_PANEL_PORT: "0" };
const token = "a-token-of-mine";

/** Seconds from the request to the end, and the exit code. */
async function stop(daemon: Daemon): Promise<{ code: number | null; seconds: number }> {
  const begun = performance.now();
  const code = await daemon.kill("SIGINT");
  return { code, seconds: (performance.now() - begun) / 1_000 };
}

describe("npm start without a Home Assistant", () => {
  it("shows the demo home with learned numbers and advice within a minute, stops in under 2 s, and goes on from there", async () => {
    const store = folder.at("demo");
    const start = (): Daemon => {
      const daemon = new Daemon(["run", "--store", store], { environment: panel, directory: folder.path });
      open.push(daemon);
      return daemon;
    };
    const first = start();
    await first.logged(/No Home Assistant is configured: this is the demo\./);
    const advised = await first.until(
      ({ connection, entities, buses }) =>
        connection.state === "live" &&
        entities.filter(({ advice }) => advice?.action === "slower").length > 10 &&
        buses.length === 2 &&
        buses.every(({ load }) => load.counted > 5),
      60_000,
    );
    expect(advised.entities.length).toBe(54);
    expect(advised.product.demo).toBe(true);
    expect(advised.buses[0]?.load.utilisationAfter).toBeLessThan(advised.buses[0]?.load.utilisation ?? 0);
    expect(advised.entities.every(({ advice }) => (advice?.reason ?? "") !== "")).toBe(true);
    const page = await fetch(await first.address());
    expect([page.status, (await page.text()).includes("Modbus Cadence")]).toEqual([200, true]);
    const ended = await stop(first);
    expect(ended.code).toBe(0);
    expect(ended.seconds).toBeLessThan(2);
    expect(first.log).toMatch(
      /54 entities, [\d,]+ values stored\. The busiest line: \d+ % now, \d+ % with the advice\./,
    );

    const second = start();
    const goneOn = await second.until(({ entities }) => entities.length === 54, 30_000);
    expect(goneOn.storage.samples).toBeGreaterThanOrEqual(advised.storage.samples);
    expect(goneOn.entities.filter(({ statistics }) => (statistics?.samples ?? 0) > 0).length).toBeGreaterThan(50);
    expect((await stop(second)).code).toBe(0);
    expect(second.log.split("\n").filter((line) => / error: /.test(line))).toEqual([]);
  }, 120_000);

  it("prints what it came to as one JSON document, when run for a time", async () => {
    const { code, stdout } = await runCadence(
      ["demo", "--for", "4s", "--speed", "60", "--store", folder.at("json"), "--json"],
      {
        environment: panel,
      },
    );
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as Record<string, number>;
    expect(Object.keys(document)).toEqual(["entities", "samples", "published", "busUtilisation", "planGain"]);
    expect(document["entities"]).toBe(54);
    expect(document["samples"]).toBeGreaterThan(10_000);
  });
});

describe("a daemon killed with -9 beside a home that goes on", () => {
  it("has every state of the home exactly once in the end", async () => {
    const home = await SimulatedHome.start({ clock: systemClock, logger: silentLogger, token, historyHours: 0.25 });
    open.push(home);
    const store = folder.at("killed");
    const start = (): Daemon => {
      const environment = { ...panel, HASS_URL: home.url, HASS_TOKEN: token, CADENCE_COMMIT_INTERVAL: "1" };
      const daemon = new Daemon(["run", "--store", store], { environment, directory: folder.path });
      open.push(daemon);
      return daemon;
    };
    for (const milliseconds of [2_500, 900, 4_000]) {
      const daemon = start();
      await daemon.address();
      await pause(milliseconds);
      await daemon.kill("SIGKILL");
      await pause(700);
    }
    const last = start();
    await last.until(({ connection, ingest }) => connection.state === "live" && ingest.openGaps === 0, 90_000);
    await pause(3_000);
    const ended = await stop(last);
    expect([ended.code, ended.seconds < 2]).toEqual([0, true]);
    const until = home.home.now - 3_000;

    const target = folder.at("killed-export");
    expect((await runCadence(["store", "export", "--store", store, "--to", target])).code).toBe(0);
    const stored = readFileSync(`${target}/samples.csv`, "utf8")
      .split("\n")
      .slice(1, -1)
      .filter((row) => Number(row.split(",")[1]) < until);
    const truth = home.home.registers.flatMap(({ entityId }) =>
      home.home.history(entityId, 0, until).map(({ time, state }) => `${entityId},${Math.round(time)},${state}`),
    );
    expect(truth.length).toBeGreaterThan(2_000);
    expect(stored.toSorted()).toEqual([...new Set(truth)].toSorted());
    expect((await runCadence(["store", "verify", "--store", store])).code).toBe(0);
  }, 120_000);
});
