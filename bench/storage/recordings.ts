import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { measureTimes } from "./shared-times.ts";

const main = join(import.meta.dirname, "..", "..", "src", "main.js");

interface Figures {
  readonly values: number;
  readonly entities: number;
  readonly before: number;
  readonly after: number;
  readonly times: number;
  readonly sharedTimes: number;
}

/**
 * What real recordings take, each in a store of its own and all of them in one, by the product's own commands: `replay`, `store compact`, `store info`; all files
 * counted; what of it are times, and how much of those another block has as well. A recording is a folder with a `series.csv.gz` as `replay` reads it.
 */
export async function measureRecordings(folder: string, work: string): Promise<void> {
  const recordings = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "series.csv.gz")))
    .toSorted();
  const file = (name: string): string => join(folder, name, "series.csv.gz");
  const rows: (Figures & { readonly name: string })[] = [];
  for (const name of recordings) rows.push({ name, ...(await measure([file(name)], work)) });
  rows.push({ name: "all in one store", ...(await measure(recordings.map(file), work)) });
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const cell = (text: string): string => text.padStart(16);
  const lines = rows.map(
    ({ name, values, entities, before, after, times, sharedTimes }) =>
      name.padEnd(width) +
      [
        values.toLocaleString("en"),
        String(entities),
        ...[before, after, times, sharedTimes].map((figure) => figure.toFixed(3)),
      ]
        .map(cell)
        .join(""),
  );
  const titles = ["values", "entities", "B/value at once", "after compact", "of it times", "times twice"]
    .map(cell)
    .join("");
  process.stdout.write(`${"".padEnd(width)}${titles}\n${lines.join("\n")}\n`);
}

async function measure(files: readonly string[], work: string): Promise<Figures> {
  rmSync(work, { recursive: true, force: true });
  command(["replay", ...files, "--store", work]);
  const before = command(["store", "info", "--store", work]);
  command(["store", "compact", "--store", work]);
  const after = command(["store", "info", "--store", work]);
  const times = await measureTimes(work);
  const values = Number(after["samples"]);
  rmSync(work, { recursive: true, force: true });
  return {
    values,
    entities: Number(after["entities"]),
    before: Number(before["bytesPerSample"]),
    after: Number(after["bytesPerSample"]),
    times: times.all / values,
    sharedTimes: times.shared / values,
  };
}

function command(parameters: readonly string[]): Record<string, unknown> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...parameters, "--json"], { encoding: "utf8" });
  // 3: lines that are no values, which some recordings have.
  if (status !== 0 && status !== 3) throw new Error(`${parameters[0]} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}
