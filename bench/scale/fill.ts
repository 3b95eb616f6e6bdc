/** A store filled with a past, as the daemon would have filled it; a process of its own, so that its memory can be told. Prints a line of JSON. */
import { findOut } from "../../src/app/analysis.ts";
import { Knowledge } from "../../src/app/knowledge.ts";
import { Learning } from "../../src/app/learning.ts";
import { planBuses } from "../../src/app/planning.ts";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { normalize } from "../../src/ingest/normalize.ts";
import type { Entity } from "../../src/model/entity.ts";
import type { Reading } from "../../src/model/reading.ts";
import { Repository } from "../../src/repository/repository.ts";
import { building } from "../../src/simulator/site.ts";
import { chance } from "../../src/simulator/signals.ts";
import { Storage } from "../../src/storage/index.ts";

export interface FillRequest {
  readonly folder: string;
  readonly entities: number;
  readonly buses: number;
  readonly days: number;
  /** Reads a second of all together; about half of them bring a new value. */
  readonly readsPerSecond: number;
}

export interface FillResult {
  readonly samples: number;
  readonly seconds: number;
  /** Of the files, after everything older than two days was made dense. */
  readonly bytes: number;
  readonly peakBytes: number;
  /** The longest that a day's compaction took, in seconds. */
  readonly longestTidy: number;
  /** Seconds to compare all signals, and to plan the reads of all buses. */
  readonly compared: number;
  readonly planned: number;
}

const day = 86_400_000;
const seed = 1;
const perBatch = 5_000;
/** As the daemon does it. */
const denseAfter = 2 * day;

async function fill({ folder, entities, buses, days, readsPerSecond }: FillRequest): Promise<FillResult> {
  const site = building({ entities, buses, changesPerSecond: readsPerSecond });
  const storage = await Storage.open({ at: folder, clock: systemClock, logger: silentLogger, create: true });
  const repository = await Repository.open(storage);
  const knowledge = new Knowledge();
  const learning = new Learning({ repository, knowledge, logger: silentLogger, clock: systemClock });
  await learning.start();
  knowledge.setEntities(
    site.registers.map((register): Entity => {
      const { entry } = site.lines.find(({ name }) => name === register.bus) ?? {};
      return {
        entityId: register.entityId,
        name: register.name,
        integration: "solax_modbus",
        ...(entry === undefined ? {} : { configEntryId: entry.id, device: entry.deviceName }),
        ...(register.uniqueId === undefined ? {} : { uniqueId: register.uniqueId }),
        ...(register.stateClass === undefined ? {} : { stateClass: register.stateClass }),
      };
    }),
  );
  // Before anything that the simulated home remembers: what comes late is learned again as a whole.
  const end = Date.now() - 600_000;
  const from = end - days * day;
  const interval = (entities / readsPerSecond) * 1_000;
  const shown = new Map<string, string>();
  let [samples, longestTidy, tidyAt, told] = [0, 0, from + day, performance.now()];
  let batch: Reading[] = [];
  const begun = performance.now();
  const handOn = async (): Promise<void> => {
    samples += await learning.take({ readings: batch, renamed: [], backfilled: [], closedGaps: [] });
    batch = [];
  };
  for (let time = from; time < end; time += interval) {
    for (const [index, { entityId, value }] of site.registers.entries()) {
      // In turn, as a line reads them, and a little late now and then.
      const at = Math.round(time + (interval * index) / entities + chance(seed, index, time) * 20);
      const state = value(at / 1_000, seed);
      if (shown.get(entityId) === state) continue;
      shown.set(entityId, state);
      const reading = normalize({ entityId, time: at, state });
      if (reading !== undefined && batch.push(reading) === perBatch) await handOn();
    }
    if (time >= tidyAt) {
      await handOn();
      const tidied = performance.now();
      await storage.tidy({ denseBefore: time - denseAfter });
      longestTidy = Math.max(longestTidy, performance.now() - tidied);
      tidyAt += day;
    }
    if (performance.now() - told > 30_000) {
      told = performance.now();
      process.stderr.write(
        `  ${((100 * (time - from)) / (end - from)).toFixed(0)} %, ${samples.toLocaleString("en")} values …\n`,
      );
    }
  }
  await handOn();
  await learning.save();
  await storage.series.flush();
  await storage.tidy({ denseBefore: end - denseAfter });
  const seconds = (performance.now() - begun) / 1_000;
  const comparing = performance.now();
  await findOut(repository, knowledge, end);
  const compared = (performance.now() - comparing) / 1_000;
  const planning = performance.now();
  await planBuses({ repository, knowledge, now: end, budget: 0.7 });
  const planned = (performance.now() - planning) / 1_000;
  await learning.stop();
  const { bytes } = await storage.inspect();
  await storage.close();
  return {
    samples,
    seconds,
    bytes,
    peakBytes: process.resourceUsage().maxRSS * 1_024,
    longestTidy: longestTidy / 1_000,
    compared,
    planned,
  };
}

process.stdout.write(`${JSON.stringify(await fill(JSON.parse(process.argv[2] ?? "{}") as FillRequest))}\n`);
