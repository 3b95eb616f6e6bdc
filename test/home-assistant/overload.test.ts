import { afterAll, describe, expect, it } from "vitest";
import { Daemon, pause } from "../support/daemon.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";
import { Bench } from "./bench.ts";
import { busyShare, meanGap } from "./line-truth.ts";

const minute = 60_000;
const isLong = process.env["CADENCE_LONG"] === "1";

describe.skipIf(!isLong)("a line that cannot keep up (only with npm run test:home-assistant -- --long)", () => {
  const folder = new TemporaryFolder();
  afterAll(async () => {
    await Bench.stop();
    folder[Symbol.dispose]();
  });

  it(
    "is seen as it is: every interval within 5 % and the load within 10 % of the line's log",
    { timeout: 15 * minute },
    async () => {
      const bench = await Bench.start({ BAUD: "600" });
      await using daemon = new Daemon(["run", "--store", folder.at("store")], {
        environment: { ...bench.environment, CADENCE_PANEL_PORT: "0" },
      });
      await daemon.until(({ connection }) => connection.state === "live", 60_000);
      // Looked at without a pause for five minutes after the connection.
      await pause(5 * minute);
      const { entities, buses } = await daemon.overview();
      const now = Date.now();
      const load = buses[0]?.load.utilisation ?? Number.NaN;
      expect(Math.abs(load / busyShare(bench, now - 3 * minute, now) - 1)).toBeLessThan(0.1);
      expect(buses[0]?.sentence).toMatch(/^Line is full/);
      const compared = bench.sensors
        .filter(({ scanInterval }) => scanInterval > 0)
        .map((sensor) => ({
          entityId: sensor.entityId,
          truth: meanGap(bench, sensor, now - 5 * minute, now),
          reported: entities.find(({ entity }) => entity.entityId === sensor.entityId)?.interval?.seconds,
        }))
        .filter(({ truth }) => Number.isFinite(truth));
      expect(compared.length).toBeGreaterThan(20);
      const wrong = compared.filter(
        ({ truth, reported }) => reported === undefined || Math.abs(reported / truth - 1) > 0.05,
      );
      expect(wrong).toEqual([]);
    },
  );
});
