/**
 * `npm run soak -- --for 30m [--seed N]`: the real program beside a home that goes on, with troubles in an order that the seed gives; in the end every state of the home must be in the store exactly once, the store whole, and the last
 * third of the time, without a death, must have grown neither memory nor handles. The clock of the machine is not set.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createServer as createTcpServer, connect, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { systemClock } from "#core/clock.ts";
import { formatDuration, parseDuration } from "#core/duration.ts";
import { silentLogger } from "#core/logger.ts";
import { SimulatedHome } from "#simulator/simulated-home.ts";
import { Daemon, pause, runCadence } from "./support/daemon.ts";
import { TestBroker } from "./support/mqtt-broker.ts";
import { seeded } from "./support/random.ts";
import { TemporaryFolder } from "./support/temporary-folder.ts";

const { values } = parseArgs({
  options: {
    for: { type: "string", default: "30m" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const length = parseDuration(values.for);
const random = seeded(Number(values.seed));
const say = (text: string): void => void process.stdout.write(`${text}\n`);
say(`Seed ${values.seed}, for ${formatDuration(length)}`);

const token = "a-token-of-mine";
using folder = new TemporaryFolder();
const hours = length / 3_600_000 + 0.25;
await using home = await SimulatedHome.start({ clock: systemClock, logger: silentLogger, token, historyHours: hours });
const network = await cuttable(Number(new URL(home.url).port));
const broker = new TestBroker();
await broker.start();
const store = folder.at("store");
let deaths = 0;
let daemon = start();

function start(): Daemon {
  return new Daemon(["run", "--store", store], {
    environment: {
      HASS_URL: `http://127.0.0.1:${network.port}`,
      HASS_TOKEN: token,
      MQTT_URL: `mqtt://cadence:right@127.0.0.1:${broker.port}`,
      CADENCE_PANEL_PORT: "0",
      CADENCE_STARTUP_TIMEOUT: "0",
    },
    directory: folder.path,
  });
}

const seconds = (least: number, most: number): number => Math.round((least + random() * (most - least)) * 1_000);
const post = async (path: string): Promise<void> => {
  const url = new URL(path, await daemon.address());
  await fetch(url, { method: "POST", headers: { "x-modbus-cadence": "1" } });
};
/** Those that end the process come first. */
const troubles: Readonly<Record<string, () => Promise<void>>> = {
  "kill -9": async () => {
    await daemon.kill("SIGKILL");
    deaths += 1;
    await pause(seconds(0, 4));
    daemon = start();
  },
  restart: async () => {
    const code = await daemon.kill("SIGTERM");
    if (code !== 0) throw new Error(`SIGTERM ended it with ${code}.\n${daemon.log.slice(-3_000)}`);
    daemon = start();
  },
  "standing still": async () => {
    process.kill(daemon.pid, "SIGSTOP");
    await pause(seconds(1, 45));
    process.kill(daemon.pid, "SIGCONT");
  },
  "network cut": async () => {
    network.cut(true);
    await pause(seconds(0.1, 30));
    network.cut(false);
  },
  "connections broken": async () => network.cut(false),
  "Home Assistant restarted": () => home.restart(seconds(1, 5), seconds(1, 5)),
  "broker gone": async () => {
    await broker.stop();
    await pause(seconds(1, 10));
    await broker.start();
  },
  "backup and check": async () => {
    await post("api/storage/backup");
    await post("api/storage/verify");
  },
};
const names = Object.keys(troubles);
const counts = new Map<string, number>();
const begun = performance.now();
const quiet: { readonly at: number; readonly kilobytes: number; readonly handles: number }[] = [];
while (performance.now() - begun < length) {
  await daemon.address();
  await pause(seconds(3, 15));
  const isLastThird = performance.now() - begun > (length * 2) / 3;
  const allowed = isLastThird ? names.slice(2) : names;
  const name = allowed[Math.floor(random() * allowed.length)] as string;
  say(`${formatDuration(performance.now() - begun).padStart(8)}  ${name}`);
  counts.set(name, (counts.get(name) ?? 0) + 1);
  await (troubles[name] as () => Promise<void>)();
  if (isLastThird) quiet.push({ at: performance.now(), ...sizeOf(daemon.pid) });
}
await daemon.until(({ connection, ingest }) => connection.state === "live" && ingest.openGaps === 0, 120_000);
await pause(8_000);
const { gaps, refused } = (await daemon.overview()).ingest;
if ((await daemon.kill("SIGTERM")) !== 0) throw new Error("It did not end well.");

const until = home.home.now - 5_000;
const target = folder.at("export");
await runCadence(["store", "export", "--store", store, "--to", target]);
const stored = readFileSync(`${target}/samples.csv`, "utf8")
  .split("\n")
  .slice(1, -1)
  .filter((row) => Number(row.split(",")[1]) < until);
const truth = new Set(
  home.home.registers.flatMap(({ entityId }) =>
    home.home.history(entityId, 0, until).map(({ time, state }) => `${entityId},${Math.round(time)},${state}`),
  ),
);
const unique = new Set(stored);
const lost = [...truth].filter((row) => !unique.has(row));
const invented = [...unique].filter((row) => !truth.has(row));
const whole = (await runCadence(["store", "verify", "--store", store])).code === 0;
say(`\nTroubles: ${[...counts].map(([name, count]) => `${name} ${count}`).join(", ")}`);
say(`Deaths ${deaths}; the last run saw ${gaps} gaps and refused ${refused} values`);
say(
  `States of the home ${truth.size}, lost ${lost.length}, twice ${stored.length - unique.size}, of nobody ${invented.length}`,
);
say(`The store is ${whole ? "whole" : "damaged"}`);
say(growth());
await broker.stop();
network.close();
for (const row of [...lost, ...invented].slice(0, 5)) say(`  ${row}`);
const isGood = lost.length + invented.length + stored.length - unique.size === 0 && whole;
if (!isGood) say(`Repeat it: npm run soak -- --for ${values.for} --seed ${values.seed}`);
process.exit(isGood ? 0 : 1);

function sizeOf(pid: number): { kilobytes: number; handles: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    kilobytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0),
    handles: readdirSync(`/proc/${pid}/fd`).length,
  };
}

/** The slope of resident memory over the quiet third, by least squares; a short one says little. */
function growth(): string {
  const [first, last] = [quiet[0], quiet.at(-1)];
  if (first === undefined || last === undefined || quiet.length < 3) return "Too short to see what grows.";
  const meanAt = quiet.reduce((sum, { at }) => sum + at, 0) / quiet.length;
  const meanSize = quiet.reduce((sum, { kilobytes }) => sum + kilobytes, 0) / quiet.length;
  const above = quiet.reduce((sum, { at, kilobytes }) => sum + (at - meanAt) * (kilobytes - meanSize), 0);
  const below = quiet.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  const slope = ((above / below) * 3_600_000) / 1_000;
  return `Resident memory ${Math.round(first.kilobytes / 1_000)} to ${Math.round(last.kilobytes / 1_000)} MB over ${formatDuration(last.at - first.at)} (${slope.toFixed(1)} MB/h), handles ${first.handles} to ${last.handles}`;
}

/** A way to `port` that can be cut. */
async function cuttable(port: number): Promise<{ readonly port: number; cut(stays: boolean): void; close(): void }> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createTcpServer((socket) => {
    if (isCut) return void socket.destroy();
    const upstream = connect(port, "127.0.0.1");
    for (const [end, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(end);
      end
        .on("error", () => other.destroy())
        .on("close", () => {
          sockets.delete(end);
          other.destroy();
        });
      end.pipe(other);
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    cut: (stays) => {
      isCut = stays;
      for (const socket of sockets) socket.destroy();
    },
    close: () => void server.close(),
  };
}
