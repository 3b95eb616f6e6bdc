import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "..", "..");
const entities = 200;

/**
 * A recorder data base as large as one likes, read by `node:sqlite` alone and imported by `replay` (stored, learned from, compacted): rows a second, and the most memory each takes.
 */
export function runImportBench(parameters: readonly string[]): void {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      rows: { type: "string", default: "2000000" },
      folder: { type: "string", default: join(tmpdir(), "cadence-bench") },
    },
  });
  const rows = Number(values.rows);
  const path = makeRecorder(values.folder, rows);
  const store = join(values.folder, "import-store");
  rmSync(store, { recursive: true, force: true });
  process.stderr.write("Reading with node:sqlite …\n");
  const alone = run(["-e", readAlone(path)]);
  process.stderr.write("Importing …\n");
  const ours = run([join(root, "src", "main.js"), "replay", path, "--store", store, "--json"]);
  rmSync(store, { recursive: true, force: true });
  const cell = (text: string): string => text.padStart(14);
  const line = (name: string, { seconds, megabytes }: Run): string =>
    name.padEnd(14) +
    [
      seconds.toFixed(1),
      Math.round(rows / seconds / 1_000).toLocaleString("en"),
      Math.round(megabytes).toString(),
      (alone.seconds / seconds).toFixed(2),
    ]
      .map(cell)
      .join("");
  const size = (statSync(path).size / 1e6).toFixed(0);
  process.stdout.write(`${rows.toLocaleString("en")} rows of ${entities} entities, ${size} MB\n\n`);
  process.stdout.write(`${"".padEnd(14)}${["seconds", "k rows/s", "peak MB", "of sqlite's"].map(cell).join("")}\n`);
  process.stdout.write(`${line("node:sqlite", alone)}\n${line("replay", ours)}\n`);
}

interface Run {
  readonly seconds: number;
  readonly megabytes: number;
}

/** The last line on standard error is the most memory, in kB. */
function run(parameters: readonly string[]): Run {
  const watch = "process.on('exit', () => process.stderr.write(`\\n${process.resourceUsage().maxRSS}\\n`))";
  const began = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(watch)}`, ...parameters],
    { encoding: "utf8", maxBuffer: 1 << 26 },
  );
  const seconds = (performance.now() - began) / 1_000;
  if (status !== 0) throw new Error(`${parameters[0]} ended with ${status}: ${stderr}`);
  return { seconds, megabytes: Number(stderr.trim().split("\n").at(-1)) / 1_024 };
}

/** Every row, in the order of its time, as an object. */
function readAlone(path: string): string {
  return `
    const { DatabaseSync } = require("node:sqlite");
    const database = new DatabaseSync(${JSON.stringify(path)}, { readOnly: true });
    let length = 0;
    for (const { entityId, updated, state } of database.prepare("select m.entity_id as entityId, s.last_updated_ts as updated, s.state as state from states s join states_meta m using (metadata_id) where s.state is not null and (s.last_changed_ts is null or s.last_changed_ts = s.last_updated_ts) order by s.last_updated_ts").iterate())
      length += entityId.length + updated + state.length;
    if (!(length > 0)) process.exit(1);`;
}

/** With the columns and indexes that matter, as Home Assistant makes them; values that wander. */
function makeRecorder(folder: string, rows: number): string {
  const path = join(folder, `recorder-${rows}.db`);
  if (existsSync(path)) return path;
  process.stderr.write("Making a recorder data base …\n");
  mkdirSync(folder, { recursive: true });
  rmSync(`${path}.new`, { force: true });
  {
    using database = new DatabaseSync(`${path}.new`);
    database.exec(`pragma journal_mode = off; pragma synchronous = off;
      create table states_meta (metadata_id integer primary key, entity_id varchar(255));
      create table states (state_id integer primary key, entity_id char(0), state varchar(255), last_changed char(0), last_changed_ts float, last_reported_ts float, last_updated char(0), last_updated_ts float, old_state_id integer, attributes_id integer, context_id_bin blob, metadata_id integer);
      begin`);
    const names = database.prepare("insert into states_meta values (?, ?)");
    for (let entity = 1; entity <= entities; entity += 1) names.run(entity, `sensor.modbus_register_${entity}`);
    const insert = database.prepare(
      "insert into states (state, last_updated_ts, old_state_id, attributes_id, context_id_bin, metadata_id) values (?, ?, ?, 7, ?, ?)",
    );
    const context = new Uint8Array(16);
    for (let row = 0; row < rows; row += 1) {
      const entity = (row * 7) % entities;
      const value = 230 + Math.sin(row / 5_000 + entity) * 20 + ((row * 7_919) % 13) / 10;
      insert.run(value.toFixed(1), 1_700_000_000 + row * 0.171 + (row % 5) / 1_000, row, context, entity + 1);
    }
    database.exec(`commit;
      create index ix_states_last_updated_ts on states (last_updated_ts);
      create index ix_states_metadata_id_last_updated_ts on states (metadata_id, last_updated_ts);`);
  }
  renameSync(`${path}.new`, path);
  return path;
}
