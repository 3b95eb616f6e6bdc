import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { SimulatedHome } from "../../src/simulator/simulated-home.ts";
import type { SimulatedSite } from "../../src/simulator/site.ts";
import { Daemon } from "../../test/support/daemon.ts";
import { environment, nodeOptions } from "../as-the-image.ts";
import { usageOf } from "./process-usage.ts";

export const token = "a-token-of-mine";

const day = 86_400_000;
const rounds = 7;

export interface StartResult {
  /** Milliseconds from the process's begin until values come live. */
  readonly live: number;
  /** The same when nothing of the program or the store is in the machine's memory; undefined where only its owner may ask for that. */
  readonly coldLive: number | undefined;
  /** Resident a few seconds later. */
  readonly residentBytes: number;
  /** What the panel asks for; milliseconds, the median of so many times, and the name. */
  readonly queries: readonly { readonly name: string; readonly milliseconds: number }[];
}

/** Starts the daemon on a store that is there, beside a home that goes on, and asks it for what the panel asks. */
export async function measureStart(store: string, site: SimulatedSite, days: number): Promise<StartResult> {
  await using home = await SimulatedHome.start({
    clock: systemClock,
    logger: silentLogger,
    token,
    // Its past is in the store already; another one would be learned as late.
    historyHours: 0,
    site,
  });
  const begin = async (): Promise<{ daemon: Daemon; live: number }> => {
    const begun = performance.now();
    const daemon = new Daemon(["run", "--store", store], {
      environment: { ...environment, HASS_URL: home.url, HASS_TOKEN: token, CADENCE_PANEL_PORT: "0" },
      nodeOptions,
    });
    await daemon.logged(/Connected to Home Assistant/, 300_000);
    return { daemon, live: performance.now() - begun };
  };
  // What Node makes of the files is kept from the first start on.
  const first = await begin();
  await first.daemon.kill("SIGTERM");
  let coldLive: number | undefined;
  if (forgetFiles()) {
    const cold = await begin();
    await cold.daemon.kill("SIGTERM");
    coldLive = cold.live;
  }
  const { daemon, live } = await begin();
  await using _daemon = daemon;
  const address = await daemon.address();
  await daemon.until(({ connection, ingest }) => connection.state === "live" && ingest.openGaps === 0, 300_000);
  const busy = site.registers.find(({ entityId }) => entityId.includes("power")) ?? site.registers[0];
  const id = busy?.entityId ?? "";
  const now = Date.now();
  const plot = (length: number): string => `api/plot?id=${id}&from=${now - length}&to=${now}&columns=1100`;
  const asked: readonly (readonly [string, string])[] = [
    ["overview", "api/overview"],
    ["entity", `api/entity?id=${id}`],
    ["plot of a day", plot(day)],
    ["plot of all", plot(days * day)],
    [
      "50 sparks",
      `api/sparks?ids=${site.registers
        .slice(0, 50)
        .map(({ entityId }) => entityId)
        .join(",")}`,
    ],
    ["storage", "api/storage"],
    ["history", "api/history"],
    ["hours", "api/hours?days=31"],
    ["related", "api/related"],
  ];
  const queries: { name: string; milliseconds: number }[] = [];
  for (const [name, path] of asked) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const asking = performance.now();
      const response = await fetch(new URL(path, address));
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${path} gave ${response.status}.`);
      times.push(performance.now() - asking);
    }
    queries.push({ name, milliseconds: times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] as number });
  }
  const { residentBytes } = usageOf(daemon.pid);
  await daemon.kill("SIGTERM");
  return { live, coldLive, residentBytes, queries };
}

/** The machine forgets what it holds of files in memory; false where only its owner may ask for that. */
function forgetFiles(): boolean {
  spawnSync("sync");
  try {
    writeFileSync("/proc/sys/vm/drop_caches", "3");
    return true;
  } catch {
    return false;
  }
}
