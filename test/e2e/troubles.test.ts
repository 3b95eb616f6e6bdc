import { afterAll, describe, expect, it, vi } from "vitest";
import { App } from "#app/app.ts";
import { loadSettings } from "#config/load.ts";
import { acceleratedClock } from "#core/clock.ts";
import { silentLogger } from "#core/logger.ts";
import { SimulatedHome } from "#simulator/simulated-home.ts";
import { pause } from "../support/daemon.ts";
import { TestBroker } from "../support/mqtt-broker.ts";
import { samplesOf } from "../support/series-content.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";
import { Storage } from "#storage/index.ts";

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

/** A minute of the home takes a second; the network's deadlines are ten times shorter. */
const clock = acceleratedClock(Date.now(), 60);
const minute = 60_000;

describe("the whole daemon between a home and a broker that come and go", () => {
  it("holds everything that happened exactly once, and its sensors are there again", { timeout: 120_000 }, async () => {
    const token = "a-token-of-the-home";
    await using home = await SimulatedHome.start({
      clock,
      logger: silentLogger,
      token,
      historyHours: 0.5,
      slice: 1_000,
    });
    const broker = new TestBroker();
    await broker.start();
    const { config, ...settings } = loadSettings({
      environment: {
        HASS_URL: home.url,
        HASS_TOKEN: token,
        MQTT_URL: `mqtt://cadence:right@127.0.0.1:${broker.port}`,
        CADENCE_STORE_DIRECTORY: folder.at("store"),
        CADENCE_PANEL_PORT: "0",
        CADENCE_PUBLISH_INTERVAL: "5",
        CADENCE_COMMIT_INTERVAL: "1",
      },
      directory: folder.path,
    });
    const networkClock = acceleratedClock(0, 10);
    const start = (): Promise<App> =>
      App.start({ settings: { config, ...settings }, clock, networkClock, logger: silentLogger, pollPeriod: 5_000 });
    const live = (app: App): Promise<void> =>
      vi.waitFor(() => expect(app.overview().connection.state).toBe("live"), { timeout: 20_000, interval: 50 });
    const available = (value: string): Promise<void> =>
      vi.waitFor(() => expect(broker.retained.get("modbus_cadence/availability")).toBe(value), {
        timeout: 20_000,
        interval: 50,
      });

    const first = await start();
    await live(first);
    await available("online");
    const begun = clock.now();
    for (const away of [minute, 3 * minute]) {
      await home.restart(away, minute);
      await live(first);
    }
    await broker.stop();
    await pause(500);
    await broker.start();
    await available("online");
    await first.stop();
    await available("offline");
    await pause(2_000);
    const second = await start();
    await live(second);
    await home.restart(2 * minute, minute);
    broker.cut();
    await live(second);
    await available("online");
    await vi.waitFor(() => expect(second.overview().ingest.openGaps).toBe(0), { timeout: 20_000, interval: 50 });
    home.step();
    const until = home.home.now - 5_000;
    // Values come in order: with one from behind it, all before it are stored.
    const learnedUntil = (): number =>
      Math.max(...second.overview().entities.map(({ statistics }) => statistics?.lastTime ?? 0));
    await vi.waitFor(() => expect(learnedUntil()).toBeGreaterThanOrEqual(until), { timeout: 20_000, interval: 50 });
    await second.stop();
    await broker.stop();

    await using storage = await Storage.open({ at: folder.at("store"), clock, logger: silentLogger, readOnly: true });
    const lines = (await samplesOf(storage)).filter((line) => {
      const time = Number(line.split(" ")[1]);
      return time >= begun && time < until;
    });
    const happened = home.home.registers.flatMap(({ entityId }) =>
      home.home.history(entityId, begun, until).map(({ time, state }) => `${entityId} ${Math.round(time)} ${state}`),
    );
    expect(lines.length).toBeGreaterThan(500);
    expect(lines.filter((line) => !happened.includes(line))).toEqual([]);
    expect(happened.filter((line) => !lines.includes(line))).toEqual([]);
    expect(new Set(lines).size).toBe(lines.length);
  });
});
