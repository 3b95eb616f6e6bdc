/**
 * Loaded into the daemon under soak, beside its own code: on SIGUSR2 the clock jumps by what the file `clock` says, in ms, and the file `size` tells what the process holds after a collection of garbage.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env["SOAK_FOLDER"] ?? "";
const realNow = Date.now;
let offset = 0;
Date.now = () => realNow() + offset;

/** What a process holds. */
export interface ProcessSize {
  /** After a collection of garbage. */
  readonly heapBytes: number;
  /** Timers, sockets, files, …: how many of each keep the process busy. */
  readonly resources: Readonly<Record<string, number>>;
}

process.on("SIGUSR2", () => {
  offset = Number(readFileSync(join(folder, "clock"), "utf8"));
  // Twice: what is freed by a finalizer goes with the next one.
  for (let round = 0; round < 2; round += 1) (globalThis as { gc?: () => void }).gc?.();
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  const size: ProcessSize = { heapBytes: process.memoryUsage().heapUsed, resources };
  writeFileSync(join(folder, "size.new"), JSON.stringify(size));
  renameSync(join(folder, "size.new"), join(folder, "size"));
});
