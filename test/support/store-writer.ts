/**
 * Writes to a store until somebody ends it: batches of numbered samples, checkpoints and compactions between them, each acknowledged batch told on standard output by
 * the number behind its last sample. Started by tests that end it at any moment, and by one whose disk is too small.
 *
 *     node store-writer.ts FOLDER [SAMPLES OF A BATCH]
 */
import { systemClock } from "#core/clock.ts";
import { silentLogger } from "#core/logger.ts";
import { isCadenceError } from "#core/errors.ts";
import { Storage } from "#storage/index.ts";
import { numberedState } from "./numbered-state.ts";

const [directory = "", samplesPerBatch = "40"] = process.argv.slice(2);
const perBatch = Number(samplesPerBatch);
const storage = await Storage.open({
  at: directory,
  clock: systemClock,
  logger: silentLogger,
  create: true,
  commitInterval: 20,
});
let next = (storage.series.last("counter")?.time ?? -1) + 1;
for (let batch = 0; ; batch += 1) {
  const samples = Array.from({ length: perBatch }, (_, index) => ({
    series: "counter",
    time: next + index,
    state: numberedState(next + index),
  }));
  try {
    await storage.series.append(samples);
    next += perBatch;
    process.stdout.write(`${next}\n`);
    if (batch % 7 === 3) await storage.series.flush();
    if (batch % 50 === 20) await storage.compact();
  } catch (error) {
    if (!isCadenceError(error)) throw error;
    process.stdout.write(`${error.code}\n`);
    if (isCadenceError(error, "STORE_FULL")) break;
  }
}
// Reading goes on while the disk is full.
let read = 0;
for await (const { times } of storage.series.read("counter")) read += times.length;
process.stdout.write(`read ${read} ${(await storage.inspect()).status}\n`);
