import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const main = join(import.meta.dirname, "..", "..", "src", "main.ts");

interface Figures {
  readonly values: number;
  readonly entities: number;
  readonly before: number;
  readonly after: number;
}

/**
 * What real recordings take, each in a store of its own and all of them in one, by the product's own commands: `replay`, `store compact`, `store info`; all files
 * counted. A recording is a folder with a `series.csv.gz` as `replay` reads it.
 */
export function measureRecordings(folder: string, work: string): void {
  const recordings = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "series.csv.gz")))
    .toSorted();
  const file = (name: string): string => join(folder, name, "series.csv.gz");
  const rows = recordings.map((name) => ({ name, ...measure([file(name)], work) }));
  rows.push({ name: "all in one store", ...measure(recordings.map(file), work) });
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const cell = (text: string): string => text.padStart(16);
  const lines = rows.map(
    ({ name, values, entities, before, after }) =>
      name.padEnd(width) +
      [values.toLocaleString("en"), String(entities), before.toFixed(3), after.toFixed(3)].map(cell).join(""),
  );
  const titles = ["values", "entities", "B/value at once", "after compact"].map(cell).join("");
  process.stdout.write(`${"".padEnd(width)}${titles}\n${lines.join("\n")}\n`);
}

function measure(files: readonly string[], work: string): Figures {
  rmSync(work, { recursive: true, force: true });
  command(["replay", ...files, "--store", work]);
  const before = command(["store", "info", "--store", work]);
  command(["store", "compact", "--store", work]);
  const after = command(["store", "info", "--store", work]);
  rmSync(work, { recursive: true, force: true });
  return {
    values: Number(after["samples"]),
    entities: Number(after["entities"]),
    before: Number(before["bytesPerSample"]),
    after: Number(after["bytesPerSample"]),
  };
}

function command(parameters: readonly string[]): Record<string, unknown> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...parameters, "--json"], { encoding: "utf8" });
  // 3: lines that are no values, which some recordings have.
  if (status !== 0 && status !== 3) throw new Error(`${parameters[0]} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}
