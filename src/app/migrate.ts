import { isDeepStrictEqual } from "node:util";
import type { Clock } from "#core/clock.ts";
import { CadenceError, toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { IntervalRecord } from "#model/interval-record.ts";
import type { LegacyImport } from "#model/overview.ts";
import type { LegacyStatistics } from "#model/legacy.ts";
import type { Repository } from "#repository/repository.ts";
import type { LegacyDocument } from "#sources/legacy/legacy-documents.ts";
import { type LegacyData, readLegacyFolders } from "#sources/legacy/legacy-folder.ts";
import { findLegacyFolders, legacyFoldersIn, setAside } from "#sources/legacy/legacy-home.ts";
import type { LegacyReport } from "#sources/legacy/legacy-report.ts";
import { machineZone } from "#sources/legacy/written-time.ts";

export interface MigrateOptions {
  readonly repository: Repository;
  /** A folder of the older package, or the one that its folders are in. */
  readonly from: string;
  readonly clock: Clock;
  /** Zone of the local times; without it they stay undecided. */
  readonly zone?: string;
  /** Leaves the folders where they are. @default false */
  readonly keep?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

export interface MigrateReport extends LegacyReport {
  /** Records that were written now. */
  readonly written: number;
  /** Records that were stored already, or of which a fresher one was. */
  readonly unchanged: number;
  /** Where the folders are now; those that stayed are not among them. */
  readonly setAside: readonly string[];
  /** Why a folder could not be renamed. */
  readonly notSetAside: readonly string[];
}

const recordsAtOnce = 500;

/**
 * Takes over what the older Python package has left: reads it, stores it, reads it back and compares, and only then renames the folders. Doing it twice changes nothing.
 * Throws SOURCE_NOT_FOUND when there is none, SOURCE_UNREADABLE when it changes meanwhile, STORE_*, ABORTED.
 */
export async function migrateLegacy(options: MigrateOptions): Promise<MigrateReport> {
  const { repository, from, clock, zone, keep = false, signal, onProgress } = options;
  const directories = await findLegacyFolders(from);
  const read = (): Promise<LegacyData> =>
    readLegacyFolders(directories, {
      signal,
      onProgress: (path, share) => onProgress(`${Math.round(share * 100)} % read: ${path}`),
      ...(zone === undefined ? {} : { zone }),
    });
  const data = await read();
  onProgress("Storing");
  const counts = await store(repository, data);
  await repository.sync();
  onProgress("Comparing");
  await compare(repository, data);
  if ((await read()).digest !== data.digest) {
    throw new CadenceError("SOURCE_UNREADABLE", `${from} changed while it was read.`, {
      remedy: "Stop the older integration, and repeat the command.",
    });
  }
  await repository.legacy.remember(data.digest, { time: clock.now(), directories, report: data.report });
  const aside: string[] = [];
  const notAside: string[] = [];
  for (const directory of keep ? [] : directories) {
    try {
      aside.push(await setAside(directory, clock.now()));
    } catch (error) {
      notAside.push(toCadenceError(error).sentence);
    }
  }
  return { ...data.report, ...counts, setAside: aside, notSetAside: notAside };
}

export interface FirstStartOptions {
  readonly repository: Repository;
  /** Home Assistant's configuration folder. */
  readonly home: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** At the start of the daemon: takes over folders of the older package that were not taken over before. What fails is said, and tried again at the next start. */
export async function migrateAtStart({ repository, home, clock, logger }: FirstStartOptions): Promise<LegacyImport> {
  let failed = false;
  for (const from of await legacyFoldersIn(home)) {
    // One that could not be renamed is still there.
    if (await repository.legacy.hasImported(from)) continue;
    logger.info(`Taking over what the older Python package left in ${from}`);
    try {
      const zone = machineZone();
      const {
        totals,
        written,
        setAside: aside,
        notSetAside,
      } = await migrateLegacy({
        repository,
        from,
        clock,
        signal: new AbortController().signal,
        onProgress: () => undefined,
        ...(zone === undefined ? {} : { zone }),
      });
      logger.info("Taken over", {
        entities: totals.entities,
        decisions: totals.history.records,
        written,
        setAside: aside,
      });
      for (const sentence of notSetAside) logger.warn(sentence);
    } catch (error) {
      failed = true;
      logger.warn(`It could not be taken over. ${toCadenceError(error).sentence}`);
    }
  }
  return failed ? "failed" : (await repository.legacy.hasImported()) ? "taken" : "none";
}

/** What is to be stored of one record, and what is. */
interface Row {
  readonly wanted: unknown;
  readonly stored: () => Promise<unknown>;
  readonly put: (batch: Parameters<Parameters<Repository["commit"]>[0]>[0]) => void;
  /** True when what is stored is fresher, and stays. */
  readonly isOlderThan: (stored: unknown) => boolean;
}

async function store(repository: Repository, data: LegacyData): Promise<{ written: number; unchanged: number }> {
  let [written, unchanged] = [0, 0];
  let rows: Row[] = [];
  const flush = async (): Promise<void> => {
    const batch = rows;
    rows = [];
    await repository.commit((into) => {
      for (const row of batch) row.put(into);
    });
    written += batch.length;
  };
  for (const row of rowsOf(repository, data)) {
    const stored = await row.stored();
    if (stored !== undefined && (isDeepStrictEqual(stored, row.wanted) || row.isOlderThan(stored))) {
      unchanged += 1;
      continue;
    }
    rows.push(row);
    if (rows.length >= recordsAtOnce) await flush();
  }
  await flush();
  return { written, unchanged };
}

/** Everything is there as it was read, or fresher. Throws STORE_CORRUPT. */
async function compare(repository: Repository, data: LegacyData): Promise<void> {
  for (const row of rowsOf(repository, data)) {
    const stored = await row.stored();
    if (isDeepStrictEqual(stored, row.wanted) || (stored !== undefined && row.isOlderThan(stored))) continue;
    throw new CadenceError("STORE_CORRUPT", "What was stored is not what was read.", {
      remedy: "Check the disk; the folder of the older package was not touched.",
    });
  }
}

function* rowsOf(repository: Repository, { statistics, history, documents, digest }: LegacyData): Generator<Row> {
  for (const record of statistics) yield statisticsRow(repository, record);
  for (const record of history) yield historyRow(repository, record);
  for (const document of documents) yield documentRow(repository, digest, document);
}

function statisticsRow({ legacy }: Repository, wanted: LegacyStatistics): Row {
  return {
    wanted,
    stored: () => legacy.statistics(wanted.name),
    put: (batch) => legacy.stageStatistics(batch, wanted),
    isOlderThan: (stored) => ((stored as LegacyStatistics).updated ?? 0) > (wanted.updated ?? 0),
  };
}

/** A decision of the same entity and time is the same one. */
function historyRow({ intervalHistory }: Repository, wanted: IntervalRecord): Row {
  return {
    wanted,
    stored: () => intervalHistory.get(wanted.entityId, wanted.time),
    put: (batch) => intervalHistory.stage(batch, wanted),
    isOlderThan: () => false,
  };
}

function documentRow({ legacy }: Repository, digest: string, wanted: LegacyDocument): Row {
  return {
    wanted,
    stored: () => legacy.content(digest, wanted.name),
    put: (batch) => legacy.stageContent(batch, digest, wanted),
    isOlderThan: () => false,
  };
}
