/**
 * What a store says and writes while its disk is full. Started by a test on a small disk of its own; prints a line of JSON.
 *
 *     node full-disk-writer.ts FOLDER OTHER-FILE
 */
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { systemClock } from "#core/clock.ts";
import { isCadenceError } from "#core/errors.ts";
import { silentLogger } from "#core/logger.ts";
import { Batch, Storage } from "#storage/index.ts";

export interface FullDiskReport {
  /** Of the store, in the order of what happened. */
  readonly statuses: readonly string[];
  readonly refused: string;
  /** By a hundred values that came into room that was set aside, and by as many that had to find theirs. */
  readonly written: readonly number[];
  readonly values: number;
}

const [directory = "", other = ""] = process.argv.slice(2);
const storage = await Storage.open({ at: directory, clock: systemClock, logger: silentLogger, create: true });
const statuses: string[] = [];
const written: number[] = [];
let values = 0;

async function look(): Promise<void> {
  statuses.push((await storage.inspect()).status);
}

async function takeHundred(): Promise<void> {
  const before = (await storage.inspect()).bytesWritten;
  for (let value = 0; value < 100; value += 1) {
    await storage.series.append([{ series: "counter", time: values, state: String(values) }]);
    values += 1;
  }
  written.push((await storage.inspect()).bytesWritten - before);
}

/** A batch of so many bytes that nothing can pack. */
async function save(bytes: number): Promise<string> {
  const noise = new Uint8Array(bytes);
  crypto.getRandomValues(noise.subarray(0, 65_536));
  const error: unknown = await storage.write(new Batch().put(Buffer.from("\xf0large", "latin1"), noise)).then(
    () => undefined,
    (refused: unknown) => refused,
  );
  return isCadenceError(error) ? error.code : "taken";
}

await takeHundred();
await look();
const { bavail, bsize } = statfsSync(dirname(other));
writeFileSync(other, Buffer.alloc(bavail * bsize - 20_000));
await takeHundred();
await look();
const refused = await save(300_000);
await look();
await takeHundred();
await look();
rmSync(other);
await takeHundred();
await look();
await storage.close();
process.stdout.write(JSON.stringify({ statuses, refused, written, values } satisfies FullDiskReport));
