/**
 * `npm run soak -- --for 30m [--seed N] [--home-assistant]`: the real program, started as the image does, beside a home that goes on, simulated or a real Home Assistant, with troubles in an order that the seed gives, now and then two
 * at once. In the end every state of the home must be in the store exactly once, the store whole, every trouble seen by who looked at the panel, and the last two thirds of the time, without a death, must have
 * grown neither data in memory nor handles.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatDuration, parseDuration } from "#core/duration.ts";
import type { Overview } from "#model/overview.ts";
import { differences, storedSamples } from "./home-assistant/recorder-truth.ts";
import { CuttableNetwork } from "./soak/cuttable-network.ts";
import { growthOf, handlesOf, type Measured } from "./soak/growth.ts";
import { heapContent } from "./soak/heap-snapshot.ts";
import type { ProbeOrder, ProcessSize } from "./soak/probe.ts";
import { realHome, simulatedHome } from "./soak/soak-home.ts";
import { configuredSeconds, type Trouble, troubles } from "./soak/troubles.ts";
import { environment, nodeOptions } from "./support/as-the-image.ts";
import { campaignOptions, wrongly } from "./support/campaign-options.ts";
import { Daemon, pause, runCadence } from "./support/daemon.ts";
import { TestBroker } from "./support/mqtt-broker.ts";
import { seeded } from "./support/random.ts";
import { TemporaryFolder } from "./support/temporary-folder.ts";

const usage = "npm run soak -- [--for 30m] [--seed N] [--home-assistant]";
const { values } = campaignOptions(usage, {
  for: { type: "string", default: "30m" },
  seed: { type: "string", default: String(Date.now() % 1_000_000) },
  "home-assistant": { type: "boolean", default: false },
});
const length = lengthOf(values.for);
if (!Number.isSafeInteger(Number(values.seed))) wrongly(usage, "--seed must be a whole number.");
const random = seeded(Number(values.seed));
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const isReal = values["home-assistant"];
say(`Seed ${values.seed}, for ${formatDuration(length)}, beside a ${isReal ? "real" : "simulated"} Home Assistant`);

/** The last values may be on their way. */
const stillOnTheirWay = 5_000;
/** A trouble that shows later than so long after its end is taken for not seen. */
const seenWithin = 30_000;
/** The configuration is read every five minutes. */
const configurationWithin = 330_000;
/** MB of data an hour; judged from an hour on: before, it is what is learned in the first place. */
const mostGrowth = 1;
const judgedFrom = 3_600_000;
/** A process that was just begun reads the past, compares all signals for the first time, and lets go of what that took. */
const settledAfter = 600_000;
const quietTime = (length * 2) / 3;
const mostHandles = 8;

using folder = new TemporaryFolder();
await using home = await (isReal ? realHome() : simulatedHome(length / 3_600_000 + 0.5));
const network = await CuttableNetwork.to(Number(new URL(home.url).port));
const broker = new TestBroker();
await broker.start();
const configurationFolder = folder.at("homeassistant");
mkdirSync(configurationFolder);
const configurationFile = join(configurationFolder, "configuration.yaml");
writeFileSync(configurationFile, home.configuration);
const probe = folder.at("probe");
mkdirSync(probe);
const disk = smallDisk(folder.at("disk"));
if (disk === undefined) say("No small disk can be mounted here, so it does not fill up.");
const store = folder.at("disk", "store");
const logs: string[] = [];
let bornAt = 0;
let daemon = start();
// When the campaign itself fails, nothing is left behind that would hide why.
await using _all = {
  [Symbol.asyncDispose]: async () => {
    await daemon[Symbol.asyncDispose]();
    leave();
  },
};
const startedAt = Date.now();

function lengthOf(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    return wrongly(usage, (error as Error).message);
  }
}

function start(): Daemon {
  bornAt = performance.now();
  return new Daemon(["run", "--store", store], {
    environment: {
      ...environment,
      HASS_URL: `http://127.0.0.1:${network.port}`,
      HASS_TOKEN: home.token,
      MQTT_URL: `mqtt://cadence:right@127.0.0.1:${broker.port}`,
      CADENCE_PANEL_PORT: "0",
      CADENCE_STARTUP_TIMEOUT: "0",
      CADENCE_HOME_ASSISTANT_CONFIG: configurationFolder,
      SOAK_FOLDER: probe,
    },
    directory: folder.path,
    nodeOptions: [...nodeOptions, "--expose-gc", "--import", join(import.meta.dirname, "soak", "probe.ts")],
  });
}

async function ask(order: ProbeOrder): Promise<ProcessSize> {
  const file = join(probe, "size");
  rmSync(file, { force: true });
  writeFileSync(join(probe, "order"), JSON.stringify(order));
  process.kill(daemon.pid, "SIGUSR2");
  while (!existsSync(file)) await pause(50);
  return JSON.parse(readFileSync(file, "utf8")) as ProcessSize;
}

async function measure(): Promise<Measured> {
  const snapshot = join(probe, "heap");
  const size = await ask({ clockOffset: 0, snapshot });
  const { dataBytes } = heapContent(snapshot);
  rmSync(snapshot);
  return { at: performance.now(), handles: handlesOf(daemon.pid), dataBytes, ...size };
}

const all = troubles({
  home,
  network,
  broker,
  random,
  disk,
  configurationFolder,
  pid: () => daemon.pid,
  post: async (path) => {
    const url = new URL(path, await daemon.address());
    // A connection that was kept may be closed while the program stands still, and nobody repeats a POST.
    await fetch(url, { method: "POST", headers: { "x-modbus-cadence": "1", connection: "close" } });
  },
  setClock: async (clockOffset) => {
    await ask({ clockOffset });
  },
  kill: async () => {
    await daemon.kill("SIGKILL");
    logs.push(daemon.log);
  },
  restart: async () => {
    if (daemon.isRunning) {
      const code = await daemon.kill("SIGTERM");
      if (code !== 0) throw new Error(`SIGTERM ended it with ${code}.\n${daemon.log.slice(-3_000)}`);
      logs.push(daemon.log);
    }
    daemon = start();
    await daemon.address();
  },
});

const unseen: string[] = [];
const counts = new Map<string, number>();

/** Makes trouble, and looks at the panel until it tells of it; `before` is from when nothing was wrong. */
async function make({ name, run, isSeen }: Trouble, before: Overview): Promise<void> {
  counts.set(name, (counts.get(name) ?? 0) + 1);
  let isOver = false;
  let deadline = Number.POSITIVE_INFINITY;
  const running = run().finally(() => {
    isOver = true;
    deadline = performance.now() + seenWithin;
  });
  let seen = false;
  while (!seen && performance.now() < deadline) {
    const now: Overview | undefined = await daemon.overview().catch(() => undefined);
    seen = now !== undefined && isSeen(now, before);
    await pause(isOver ? 100 : 50);
  }
  await running;
  if (!seen) unseen.push(`${name}, ${formatDuration(performance.now() - begun)} after the start`);
}

const begun = performance.now();
const quiet: Measured[] = [];
while (performance.now() - begun < length) {
  await daemon.until(({ connection, ingest }) => connection.state === "live" && ingest.openGaps === 0, 180_000);
  await pause(3_000 + random() * 12_000);
  const isQuiet = performance.now() - begun > length - quietTime;
  // At rest: what waits while something is wrong is no growth.
  const size = isQuiet && performance.now() - bornAt > settledAfter ? await measure() : undefined;
  if (size !== undefined) quiet.push(size);
  const allowed = all.filter(({ endsProcess }) => endsProcess !== true || !isQuiet);
  const [one, other] = [pick(allowed), pick(allowed)];
  const isPair = random() < 0.25 && one !== other && one.isAlone !== true && other.isAlone !== true;
  const chosen = isPair ? [one, other] : [one];
  const [heap, data] = [size?.heapBytes, size?.dataBytes].map((bytes = 0) => (bytes / 1e6).toFixed(1));
  const held = size === undefined ? "" : `${heap} MB, data ${data} MB  `;
  say(
    `${formatDuration(performance.now() - begun).padStart(8)}  ${held}${chosen.map(({ name }) => name).join(" and ")}`,
  );
  const before = await daemon.overview();
  await Promise.all(chosen.map((trouble) => make(trouble, before)));
}

function pick(from: readonly Trouble[]): Trouble {
  return from[Math.floor(random() * from.length)] as Trouble;
}

await daemon.until(
  ({ connection, ingest, storage }) =>
    connection.state === "live" && ingest.openGaps === 0 && ingest.waiting < 100 && storage.status === "ok",
  180_000,
);
if (counts.has("configuration edited")) {
  say("Waiting until the configuration was read again …");
  const wanted = configuredSeconds(readFileSync(configurationFile, "utf8"));
  const isRead = ({ entities }: Overview): boolean =>
    entities.every(
      ({ entity, configuredSeconds: seconds }) => seconds === undefined || seconds === wanted.get(entity.entityId),
    ) && entities.some(({ configuredSeconds: seconds }) => seconds !== undefined);
  await daemon.until(isRead, configurationWithin).catch(() => unseen.push("configuration edited"));
}
const until = Date.now() - stillOnTheirWay;
await pause(2 * stillOnTheirWay);
const { gaps, refused } = (await daemon.overview()).ingest;
const endCode = await daemon.kill("SIGTERM");
logs.push(daemon.log);

const inTime = ({ time }: { time: number }): boolean => time >= startedAt && time < until;
const truth = home.states(startedAt, until);
const ours = (await storedSamples(store, folder.at("export"))).filter(inTime);
const { missing, extra } = differences(truth, ours);
const isWhole = (await runCadence(["store", "verify", "--store", store])).code === 0;
const complaints = logs.join("\n").match(/^.*(?:MaxListenersExceeded|UnhandledPromise|INTERNAL).*$/gm) ?? [];
const growth = growthOf(quiet);
say(`\nTroubles: ${[...counts].map(([name, count]) => `${name} ${count}`).join(", ")}`);
say(unseen.length === 0 ? "The panel told of each." : `The panel did not tell of: ${unseen.join("; ")}`);
say(`The last run saw ${gaps} gaps and refused ${refused} values; it ended with ${endCode}`);
say(`States of the home ${truth.length}, lost ${missing.length}, twice or of nobody ${extra.length}`);
say(`The store is ${isWhole ? "whole" : "damaged"}`);
say(growth.sentence);
for (const line of [...missing, ...extra, ...complaints].slice(0, 10)) say(`  ${line}`);
await broker.stop();
leave();
const { slope } = growth;
const hasGrown =
  growth.handles > mostHandles ||
  growth.resources > mostHandles ||
  (slope !== undefined && quietTime >= judgedFrom && slope.perHour - slope.error > mostGrowth);
if (hasGrown) say("It has grown.");
const isGood =
  missing.length + extra.length + unseen.length + complaints.length === 0 && isWhole && endCode === 0 && !hasGrown;
if (!isGood)
  say(`Repeat it: npm run soak -- --for ${values.for} --seed ${values.seed}${isReal ? " --home-assistant" : ""}`);
await home[Symbol.asyncDispose]();
folder[Symbol.dispose]();
process.exit(isGood ? 0 : 1);

function leave(): void {
  network.close();
  if (disk !== undefined) spawnSync("umount", ["-l", disk]);
}

/** Undefined where only the machine's owner may mount one. */
function smallDisk(at: string): string | undefined {
  mkdirSync(at);
  return spawnSync("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", at]).status === 0 ? at : undefined;
}
