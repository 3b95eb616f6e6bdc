/**
 * Loaded into the daemon under soak, beside its own code: on SIGUSR2 the clock jumps by what the file `clock` says, in ms, and the file `size` tells what the process holds after a collection of garbage.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getHeapSpaceStatistics } from "node:v8";

const folder = process.env["SOAK_FOLDER"] ?? "";
const realNow = Date.now;
let offset = 0;
Date.now = () => realNow() + offset;

/** What a process holds. */
export interface ProcessSize {
  /** After a collection of garbage. */
  readonly heapBytes: number;
  /** Of it, what V8 compiled: grows for hours as one function after another becomes worth optimising, and is no data. */
  readonly codeBytes: number;
  /** Timers, sockets, files, …: how many of each keep the process busy. */
  readonly resources: Readonly<Record<string, number>>;
}

/** Machine code, and byte code with its tables. */
const codeSpaces = /^(?:code|trusted)_/;

function codeBytes(): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => codeSpaces.test(name))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
}

process.on("SIGUSR2", () => {
  offset = Number(readFileSync(join(folder, "clock"), "utf8"));
  // Twice: what is freed by a finalizer goes with the next one.
  for (let round = 0; round < 2; round += 1) (globalThis as { gc?: () => void }).gc?.();
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  const size: ProcessSize = { heapBytes: process.memoryUsage().heapUsed, codeBytes: codeBytes(), resources };
  writeFileSync(join(folder, "size.new"), JSON.stringify(size));
  renameSync(join(folder, "size.new"), join(folder, "size"));
});
