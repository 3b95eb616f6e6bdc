import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Daemon, pause, runCadence } from "../support/daemon.ts";
import { Bench } from "./bench.ts";

const directory = mkdtempSync(join(tmpdir(), "cadence-backfill-"));
afterAll(async () => {
  await Bench.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** What is in the exported samples before a time, in order. */
async function samplesOf(store: string, until: number): Promise<readonly string[]> {
  const target = `${store}-export`;
  expect(await runCadence(["store", "export", "--store", store, "--to", target])).toMatchObject({ code: 0 });
  const [, ...rows] = readFileSync(join(target, "samples.csv"), "utf8").trimEnd().split("\n");
  return rows.filter((row) => Number(row.split(",")[1]) < until);
}

describe("the past of a home", () => {
  it("is the same from the recorder's file, read by the daemon or by replay, and from Home Assistant's history", async () => {
    const bench = await Bench.start();
    const config = bench.environment["HASS_CONFIG"] as string;
    await pause(45_000);
    const began = Date.now();
    const follow = async (name: string, environment: Readonly<Record<string, string>>): Promise<string> => {
      const store = join(directory, name);
      const daemon = new Daemon(["run", "--store", store], {
        directory,
        environment: { ...bench.environment, CADENCE_PANEL_PORT: "0", ...environment },
      });
      // The end of what was missed is asked for a second time after 40 s.
      await daemon.until(({ ingest }) => ingest.gaps > 0 && ingest.openGaps === 0, 120_000);
      await daemon.kill("SIGINT");
      expect(daemon.log).not.toContain("cannot be read");
      return store;
    };
    const [fromHistory, fromFile] = await Promise.all([
      follow("history", {}),
      follow("file", { CADENCE_HOME_ASSISTANT_CONFIG: config }),
    ]);
    const replayed = join(directory, "replayed");
    const ids = bench.sensors.map(({ entityId }) => entityId).join(",");
    const replay = await runCadence([
      "replay",
      join(config, "home-assistant_v2.db"),
      "--store",
      replayed,
      "--entities",
      ids,
    ]);
    expect(replay).toMatchObject({ code: 0 });
    const truth = await samplesOf(fromHistory, began);
    expect(truth.length).toBeGreaterThan(100);
    expect(await samplesOf(fromFile, began)).toEqual(truth);
    expect(await samplesOf(replayed, began)).toEqual(truth);
  });
});
