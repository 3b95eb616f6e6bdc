/**
 * What grows with a site, and how: `npm run bench -- scale`. A store is filled as the daemon would have filled it (stored, learned from, compacted once a day of the store's time), then the daemon starts
 * on it and is asked what the panel asks. `--live 5m` measures a building in real time before.
 */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../../src/core/clock.ts";
import { parseDuration } from "../../src/core/duration.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { building } from "../../src/simulator/site.ts";
import { Storage } from "../../src/storage/index.ts";
import { TemporaryFolder } from "../../test/support/temporary-folder.ts";
import type { FillRequest, FillResult } from "./fill.ts";
import { measureLive } from "./live.ts";
import { measureStart, type StartResult } from "./start.ts";

/** Entities of one bus, as in a building of 5,000 on 40. */
const entitiesOfBus = 125;
const keptDays = 90;
const day = 86_400_000;

export async function runScaleBench(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rows: { type: "string", default: "50x1,50x365,200x30,200x365,1000x30,5000x1" },
      "seconds-a-read": { type: "string", default: "100" },
      live: { type: "string", default: "2m" },
      entities: { type: "string", default: "5000" },
      buses: { type: "string", default: "40" },
      changes: { type: "string", default: "500" },
    },
  });
  const live = parseDuration(values.live);
  if (live > 0) {
    const [entities, buses, changes] = [values.entities, values.buses, values.changes].map(Number);
    await measureLive({ entities: entities ?? 0, buses: buses ?? 0, changesPerSecond: changes ?? 0, length: live });
  }
  const sizes = values.rows.split(",").filter((row) => row !== "");
  const rows: Row[] = [];
  for (const size of sizes) {
    const [entities = 0, days = 0] = size.split("x").map(Number);
    process.stderr.write(`${entities.toLocaleString("en")} entities, ${days} days …\n`);
    rows.push(await measureRow(entities, days, Number(values["seconds-a-read"])));
  }
  if (rows.length > 0) print(rows, Number(values["seconds-a-read"]));
}

interface Kept {
  /** To remove what is older than 90 days. */
  readonly seconds: number;
  readonly bytes: number;
}

interface Row extends FillResult, StartResult {
  readonly entities: number;
  readonly days: number;
  readonly kept?: Kept;
}

async function measureRow(entities: number, days: number, secondsOfRead: number): Promise<Row> {
  using folder = new TemporaryFolder();
  const buses = Math.max(1, Math.round(entities / entitiesOfBus));
  const readsPerSecond = entities / secondsOfRead;
  const store = folder.at("store");
  const filled = await fill({ folder: store, entities, buses, days, readsPerSecond });
  const site = building({ entities, buses, changesPerSecond: readsPerSecond });
  const started = await measureStart(store, site, days);
  const kept = days > keptDays ? await expire(store) : undefined;
  rmSync(store, { recursive: true });
  return { entities, days, ...filled, ...started, ...(kept === undefined ? {} : { kept }) };
}

/** As the option retention_days does it, all at once. */
async function expire(store: string): Promise<Kept> {
  await using storage = await Storage.open({ at: store, clock: systemClock, logger: silentLogger });
  const now = Date.now();
  const begun = performance.now();
  await storage.tidy({ denseBefore: now - 2 * day, expireBefore: now - keptDays * day });
  return { seconds: (performance.now() - begun) / 1_000, bytes: (await storage.inspect()).bytes };
}

async function fill(request: FillRequest): Promise<FillResult> {
  const script = join(import.meta.dirname, "fill.ts");
  const child = spawn(process.execPath, [script, JSON.stringify(request)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`The store could not be filled (exit code ${code}).`);
  return JSON.parse(Buffer.concat(parts).toString()) as FillResult;
}

function print(rows: readonly Row[], secondsOfRead: number): void {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(`\nEach entity read every ${secondsOfRead} s, what changed stored\n`);
  const slowest = ({ queries }: Row): number => Math.max(...queries.map(({ milliseconds }) => milliseconds));
  const columns: readonly (readonly [string, (row: Row) => string])[] = [
    ["entities", ({ entities }) => entities.toLocaleString("en")],
    ["days", ({ days }) => String(days)],
    ["M values", ({ samples }) => (samples / 1e6).toFixed(2)],
    ["k/s", ({ samples, seconds }) => (samples / seconds / 1e3).toFixed(0)],
    ["MB", ({ bytes }) => (bytes / 1e6).toFixed(1)],
    ["B/value", ({ bytes, samples }) => (bytes / samples).toFixed(2)],
    ["compact s", ({ longestTidy }) => longestTidy.toFixed(1)],
    ["compare s", ({ compared }) => compared.toFixed(1)],
    ["plan s", ({ planned }) => planned.toFixed(1)],
    ["start ms", ({ live }) => live.toFixed(0)],
    ["cold ms", ({ coldLive }) => coldLive?.toFixed(0) ?? "–"],
    ["memory MB", ({ residentBytes }) => (residentBytes / 1e6).toFixed(0)],
    ["query ms", (row) => slowest(row).toFixed(0)],
    [
      "90 days",
      ({ kept }) => (kept === undefined ? "–" : `${kept.seconds.toFixed(1)} s, ${(kept.bytes / 1e6).toFixed(0)} MB`),
    ],
  ];
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, value]) => value(row)))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => (line[index] as string).length)));
  for (const line of cells) say(line.map((cell, index) => cell.padStart(widths[index] as number)).join("  "));
  const largest = rows.at(-1) as Row;
  say(
    `\nThe last row's queries, ms: ${largest.queries.map(({ name, milliseconds }) => `${name} ${milliseconds.toFixed(0)}`).join(", ")}`,
  );
  say("start: a new process; cold: and neither the program nor the store in the machine's memory");
}
