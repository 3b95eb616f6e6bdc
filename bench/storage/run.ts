import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { environment, nodeOptions } from "../../test/support/as-the-image.ts";
import { measureRecordings } from "./recordings.ts";
import { contestants, withoutFsync } from "./contestants/index.ts";
import type { IngestResult, PhaseRequest, QueryResult } from "./phase.ts";
import { prepareWorkload, type Size, sizes } from "./workload.ts";

const bench = join(import.meta.dirname, "..");
const needsPeers = new Set(["level", "lmdb", "duckdb"]);

/** Measures every contestant with the same stream, one after the other, and prints a table of figures and ratios. */
export async function runStorageBench(parameters: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      size: { type: "string", default: "S" },
      only: { type: "string" },
      samples: { type: "string" },
      folder: { type: "string", default: join(tmpdir(), "cadence-bench") },
      recordings: { type: "string" },
    },
  });
  if (values.recordings !== undefined) return measureRecordings(values.recordings, join(values.folder, "recordings"));
  if (!(values.size in sizes)) throw new Error("--size is S, M or L.");
  const size = values.size as Size;
  const names = values.only === undefined ? Object.keys(contestants) : values.only.split(",");
  if (names.some((name) => needsPeers.has(name))) installPeers();
  say(`Workload ${size} …`);
  const workload = await prepareWorkload(join(values.folder, "workload"), size);
  const samples = Math.min(workload.samples, Number(values.samples ?? workload.samples));
  const rows: Row[] = [];
  for (const name of names) {
    const directory = join(values.folder, "store");
    const run = async <Result>(phase: PhaseRequest["phase"], fsync: boolean): Promise<Result> => {
      if (phase === "ingest") {
        rmSync(directory, { recursive: true, force: true });
        mkdirSync(directory, { recursive: true });
      }
      say(`${name}: ${phase}${fsync ? " with fsync" : ""} …`);
      return runPhase<Result>({ contestant: name, phase, workload, directory, fsync, samples });
    };
    const synced = withoutFsync.has(name) ? undefined : await run<IngestResult>("ingest", true);
    const ingest = await run<IngestResult>("ingest", false);
    rows.push({
      name,
      ingest,
      query: await run<QueryResult>("query", false),
      ...(synced === undefined ? {} : { synced }),
    });
    rmSync(directory, { recursive: true, force: true });
  }
  print(rows, `${samples.toLocaleString("en")} samples of ${workload.entities.length} entities, ${size}`);
}

interface Row {
  readonly name: string;
  readonly ingest: IngestResult;
  readonly synced?: IngestResult;
  readonly query: QueryResult;
}

function installPeers(): void {
  if (existsSync(join(bench, "node_modules"))) return;
  say("Installing the peers (bench/package.json) …");
  // Not `npm ci`: it wants every platform's binaries in the lock file, and the lock file may stay as it is.
  const { status } = spawnSync("npm", ["install", "--no-save", "--silent", "--prefix", bench], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) throw new Error("The peers could not be installed; --only cadence,sqlite needs none of them.");
}

async function runPhase<Result>(request: PhaseRequest): Promise<Result> {
  const phase = join(import.meta.dirname, "phase.ts");
  const child = spawn(process.execPath, [...nodeOptions, phase, JSON.stringify(request)], {
    stdio: ["ignore", "pipe", "inherit"],
    // Compiled code is kept, as the daemon keeps it.
    env: { ...process.env, ...environment, NODE_COMPILE_CACHE: join(tmpdir(), "cadence-bench", "compiled") },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${request.contestant} ended with ${code} in ${request.phase}.`);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "{}") as Result;
}

const columns: readonly { title: string; of: (row: Row) => number | undefined; more?: boolean; digits: number }[] = [
  { title: "B/sample", of: ({ ingest }) => ingest.bytesPerSample, digits: 2 },
  { title: "ingest k/s", of: ({ ingest }) => ingest.samplesPerSecond / 1_000, more: true, digits: 0 },
  { title: "fsync k/s", of: ({ synced }) => synced && synced.samplesPerSecond / 1_000, more: true, digits: 0 },
  { title: "written B", of: ({ ingest }) => ingest.writtenPerSample, digits: 1 },
  { title: "p50 ms", of: ({ ingest }) => ingest.batch.p50, digits: 2 },
  { title: "p99.9 ms", of: ({ ingest }) => ingest.batch.p999, digits: 1 },
  { title: "max ms", of: ({ ingest }) => ingest.batch.max, digits: 0 },
  { title: "peak MB", of: ({ ingest }) => ingest.peakMegabytes, digits: 0 },
  { title: "day ms", of: ({ query }) => query.dayMilliseconds, digits: 2 },
  { title: "scan M/s", of: ({ query }) => query.scannedPerSecond / 1e6, more: true, digits: 1 },
  { title: "last ms", of: ({ query }) => query.lastMilliseconds, digits: 2 },
  { title: "open ms", of: ({ query }) => query.openMilliseconds, digits: 0 },
];

/** Figures, and in a second table how many times better the first row is than each of the others. */
function print(rows: readonly Row[], title: string): void {
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const line = (name: string, cells: readonly string[]): string =>
    name.padEnd(width) + cells.map((cell, index) => cell.padStart((columns[index]?.title.length ?? 0) + 3)).join("");
  const show = (value: number | undefined, digits: number): string =>
    value === undefined ? "–" : value.toFixed(digits);
  const header = line(
    "",
    columns.map((column) => column.title),
  );
  const [ours, ...others] = rows;
  const lines = [
    title,
    "",
    header,
    ...rows.map((row) =>
      line(
        row.name,
        columns.map(({ of, digits }) => show(of(row), digits)),
      ),
    ),
  ];
  if (ours !== undefined && others.length > 0) {
    const ratio = (row: Row, { of, more }: (typeof columns)[number]): string => {
      const [mine, theirs] = [of(ours), of(row)];
      return mine === undefined || theirs === undefined
        ? "–"
        : `${(more === true ? mine / theirs : theirs / mine).toFixed(2)}x`;
    };
    lines.push("", `How many times better ${ours.name} is (below 1: worse):`, header);
    lines.push(
      ...others.map((row) =>
        line(
          row.name,
          columns.map((column) => ratio(row, column)),
        ),
      ),
    );
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
