/**
 * Loaded into the daemon under soak, beside its own code: on SIGUSR2 it does what the file `order` says. The clock jumps, and the file `size` tells what the process holds after a collection of garbage.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeHeapSnapshot } from "node:v8";

export interface ProbeOrder {
  /** ms that the clock is ahead of the real one. */
  readonly clockOffset: number;
  /** Where a snapshot of the heap is wanted; the process stands still for about a second. */
  readonly snapshot?: string | undefined;
}

/** What a process holds. */
export interface ProcessSize {
  /** After a collection of garbage. */
  readonly heapBytes: number;
  /** Timers, sockets, files, …: how many of each keep the process busy. */
  readonly resources: Readonly<Record<string, number>>;
}

const folder = process.env["SOAK_FOLDER"] ?? "";
const realNow = Date.now;
let offset = 0;
Date.now = () => realNow() + offset;

process.on("SIGUSR2", () => {
  const order = JSON.parse(readFileSync(join(folder, "order"), "utf8")) as ProbeOrder;
  offset = order.clockOffset;
  // Twice: what is freed by a finalizer goes with the next one.
  for (let round = 0; round < 2; round += 1) (globalThis as { gc?: () => void }).gc?.();
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  const size: ProcessSize = { heapBytes: process.memoryUsage().heapUsed, resources };
  if (order.snapshot !== undefined) writeHeapSnapshot(order.snapshot);
  writeFileSync(join(folder, "size.new"), JSON.stringify(size));
  renameSync(join(folder, "size.new"), join(folder, "size"));
});
