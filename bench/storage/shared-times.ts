import { createHash } from "node:crypto";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { ByteWriter } from "../../src/storage/codec/byte-writer.ts";
import { Storage } from "../../src/storage/index.ts";
import { writeTimes } from "../../src/storage/series/times.ts";

export interface TimeBytes {
  /** What all columns of times take, in bytes. */
  readonly all: number;
  /** What those take that another block of the store has as well, to the millisecond: as much could be saved by keeping each once. */
  readonly shared: number;
}

/** Of a store whose blocks are dense. */
export async function measureTimes(directory: string): Promise<TimeBytes> {
  await using storage = await Storage.open({
    at: directory,
    clock: systemClock,
    logger: silentLogger,
    readOnly: true,
  });
  const known = new Set<string>();
  let [all, shared] = [0, 0];
  for (const name of storage.series.names()) {
    for await (const { times } of storage.series.read(name)) {
      const writer = new ByteWriter();
      writeTimes(writer, times, "dense");
      const digest = createHash("sha256").update(Float64Array.from(times)).digest("hex");
      all += writer.length;
      if (known.has(digest)) shared += writer.length;
      known.add(digest);
    }
  }
  return { all, shared };
}
