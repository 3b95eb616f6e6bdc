import { afterAll, afterEach, describe, expect, it } from "vitest";
import { Daemon, runCadence } from "../support/daemon.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).toReversed()) await resource[Symbol.asyncDispose]();
});

const panel = { CADENCE_PANEL_PORT: "0" };

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
      ["demo", "--for", "12s", "--speed", "60", "--store", folder.at("json"), "--json"],
      {
        environment: panel,
      },
    );
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as Record<string, number>;
    expect(Object.keys(document)).toEqual(["entities", "samples", "published", "busUtilisation", "planGain"]);
    expect(document["entities"]).toBe(54);
    expect(document["samples"]).toBeGreaterThan(10_000);
  }, 60_000);
});
