import type { Clock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import { ImportFolder } from "#sources/import-folder.ts";
import { Backups, Batch, type ReplaceReport, Storage, type Volume } from "#storage/index.ts";
import { replay } from "./replay.ts";

export interface ImportOptions {
  /** The store's folder; made when it is not there. */
  readonly directory: string;
  /** What `exportStore` wrote. */
  readonly from: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

export interface ImportReport extends ReplaceReport {
  readonly samples: number;
  readonly collections: readonly string[];
}

const recordsAtOnce = 500;

/**
 * Makes a store what an export holds. Everything is checked and built beside it first; what the store held is then backed up, and replaced
 * in one step. Throws SOURCE_*, STORE_*, ABORTED.
 */
export async function importStore(options: ImportOptions): Promise<ImportReport> {
  const { directory, from, clock, logger, signal, onProgress } = options;
  const folder = await ImportFolder.open(from);
  await folder.verify(signal, (path) => onProgress(`Checking ${path}`));
  let samples = 0;
  const build = async (volume: Volume): Promise<void> => {
    await using storage = await Storage.open({ at: volume, clock, logger });
    const totals = await replay({
      storage,
      paths: [folder.samplesPath],
      entities: [],
      clock,
      logger,
      signal,
      onProgress: (_path, share) => onProgress(`Values: ${Math.round(share * 100)} %`),
      onProblem: (path, { line, text }) => {
        throw new CadenceError("SOURCE_UNREADABLE", `${path}, line ${line}: ${text}.`, {
          remedy: "Export again; nothing was imported.",
        });
      },
    });
    samples = totals.stored;
    for (const name of folder.collections) {
      onProgress(`Collection ${name}`);
      await importCollection(storage, folder, name);
    }
    await storage.compact();
  };
  const report = await new Backups({ directory, clock, logger }).replace(build);
  return { ...report, samples, collections: folder.collections };
}

async function importCollection(storage: Storage, folder: ImportFolder, name: string): Promise<void> {
  let batch = new Batch();
  for await (const { key, version, value } of folder.records(name)) {
    storage.collection<unknown>({ name, version }).stagePut(batch, key, value);
    if (batch.size < recordsAtOnce) continue;
    await storage.write(batch);
    batch = new Batch();
  }
  if (batch.size > 0) await storage.write(batch);
}
