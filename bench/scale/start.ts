import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { WebSocket } from "ws";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { SimulatedHome } from "../../src/simulator/simulated-home.ts";
import type { SimulatedSite } from "../../src/simulator/site.ts";
import { Daemon, pause } from "../../test/support/daemon.ts";
import { environment, nodeOptions } from "../../test/support/as-the-image.ts";
import { usageOf } from "./process-usage.ts";

export const token = "a-token-of-mine";

const day = 86_400_000;
const rounds = 7;
/** Values have come meanwhile: what was worked out for the question before is no answer to the next. */
const betweenRounds = 1_100;

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
  const queries: { name: string; milliseconds: number }[] = [
    { name: "overview", milliseconds: await medianOf(() => openPage(address)) },
  ];
  for (const [name, path] of asked) {
    const ask = async (): Promise<void> => {
      const response = await fetch(new URL(path, address));
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${path} gave ${response.status}.`);
    };
    queries.push({ name, milliseconds: await medianOf(ask) });
  }
  const { residentBytes } = usageOf(daemon.pid);
  await daemon.kill("SIGTERM");
  return { live, coldLive, residentBytes, queries };
}

/** Milliseconds, of some rounds. */
async function medianOf(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
    await pause(betweenRounds);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] as number;
}

/** What a page of the panel begins with: the first state, of all entities. */
async function openPage(address: string): Promise<void> {
  const url = new URL("api/live", address);
  url.protocol = "ws:";
  const socket = new WebSocket(url);
  const [data] = (await once(socket, "message")) as [Buffer];
  if (!data.subarray(0, 16).toString().includes("state")) throw new Error("A page did not begin with the state.");
  socket.terminate();
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
