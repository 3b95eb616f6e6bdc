import { join } from "node:path";
import type { Clock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import { FileStore } from "../backends/file-store.ts";
import type { VerifyReport } from "../backends/file-store-verify.ts";
import { chunkIdOf } from "../chunk/chunk-format.ts";
import { openDiskVolume } from "../volume/disk-volume.ts";
import type { Volume } from "../volume/volume.ts";
import { Subfolders } from "../volume/subfolders.ts";
import { copyStore, type StoreCopy } from "./copy-store.ts";

const day = 86_400_000;
const week = 7 * day;
/** Folder of the backups within the store's own. */
const folderName = "backups";
const namePattern = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z(?:-\d+)?$/;
/** Not finished: removed when the next one is made. */
const unfinished = ".unfinished";
const beingBuilt = ".being-built";

export interface Backup {
  /** `2026-11-21T06-05-00Z`: when it was made, UTC. */
  readonly name: string;
  /** ms since 1970. */
  readonly time: number;
}

/** Which backups stay: the newest so many, and the newest of each of the last so many days and weeks (UTC, from Monday) that have one. */
export interface KeepBackups {
  readonly newest: number;
  /** @default 0 */
  readonly daily?: number;
  /** @default 0 */
  readonly weekly?: number;
}

export interface NewBackup extends Backup, StoreCopy {}

export interface ReplaceReport {
  /** What was there before, as a backup of its own; absent when there was nothing. */
  readonly before?: Backup;
  readonly entries: number;
}

export interface RestoreReport extends ReplaceReport {
  readonly from: Backup;
}

/**
 * Copies of a store beside it, each whole by itself: what never changes is linked, so that a backup costs little more than what is new.
 * A backup has its name only when it was read back and found without fault.
 */
export class Backups {
  readonly #directory: string;
  readonly #folders: Subfolders;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(options: { readonly directory: string; readonly clock: Clock; readonly logger: Logger }) {
    this.#directory = options.directory;
    this.#folders = new Subfolders(join(options.directory, folderName));
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Oldest first. Foreign folders are left out. */
  async list(): Promise<readonly Backup[]> {
    return (await this.#folders.list()).flatMap(parseName);
  }

  /** The store may be in use. Throws STORE_NOT_FOUND, STORE_CORRUPT, STORE_FULL, STORE_NOT_WRITABLE, STORE_LOCKED while another is made. */
  async create(signal?: AbortSignal): Promise<NewBackup> {
    // A folder without a store gets no folder for backups.
    await openDiskVolume(this.#directory);
    await using _lock = await this.#folders.lock();
    // Awaited here: the lock lasts as long as this block.
    return await this.#create(signal);
  }

  async #create(signal?: AbortSignal): Promise<NewBackup> {
    const source = await openDiskVolume(this.#directory);
    await this.#folders.remove(unfinished);
    const target = await this.#folders.create(unfinished);
    try {
      const copy = await copyStore(source, target, signal);
      const { faults } = await this.#verifyFolder(unfinished, signal);
      if (faults.length > 0) throw damaged("The store has faults, so its copy has them as well", faults.length);
      const backup = await this.#freeName();
      await this.#folders.rename(unfinished, backup.name);
      return { ...backup, ...copy };
    } catch (error) {
      await this.#folders.remove(unfinished);
      throw error;
    }
  }

  async #freeName(): Promise<Backup> {
    const taken = new Set(await this.#folders.list());
    const time = Math.floor(this.#clock.now() / 1_000) * 1_000;
    const stem = `${new Date(time).toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? stem : `${stem}-${number}`;
      if (!taken.has(name)) return { name, time };
    }
  }

  /** Reads every byte of a backup. Throws STORE_NOT_FOUND. */
  async verify(name: string): Promise<VerifyReport> {
    return this.#verifyFolder((await this.#find(name)).name);
  }

  async #verifyFolder(name: string, signal?: AbortSignal): Promise<VerifyReport> {
    await using store = await this.#open(name);
    return await store.verify(signal === undefined ? {} : { signal });
  }

  async #open(name: string): Promise<FileStore> {
    const volume = await this.#folders.open(name);
    return FileStore.open({ volume, clock: this.#clock, logger: this.#logger, readOnly: true });
  }

  /** Removes what nothing asks to keep; those that went, oldest first. */
  async prune(keep: KeepBackups): Promise<readonly Backup[]> {
    await using _lock = await this.#folders.lock();
    const all = await this.list();
    const kept = new Set([
      ...all.slice(Math.max(0, all.length - keep.newest)),
      ...newestOfEach(all, day, keep.daily ?? 0),
      ...newestOfEach(all, week, keep.weekly ?? 0),
    ]);
    const old = all.filter((backup) => !kept.has(backup));
    for (const { name } of old) await this.#folders.remove(name);
    return old;
  }

  /**
   * Looks a key up in the backups, newest first, and reads each only as far as it must; a backup that cannot be read is passed over. What was looked into
   * stays open until `close`.
   */
  search(): BackupSearch {
    return new BackupSearch(
      () => this.list(),
      (name) => this.#open(name),
    );
  }

  /** The newest backup that is not newer than `time`; undefined when there is none. */
  async newest(time: number = Number.POSITIVE_INFINITY): Promise<Backup | undefined> {
    return (await this.list()).findLast((backup) => backup.time <= time);
  }

  /**
   * Makes the store what the backup is, in one step that is there whole or not at all. The store must not be in use; what it held is
   * backed up first. Throws STORE_NOT_FOUND, STORE_CORRUPT when the backup has faults, STORE_LOCKED, STORE_*.
   */
  async restore(name: string): Promise<RestoreReport> {
    await using _lock = await this.#folders.lock();
    const from = await this.#find(name);
    await using backup = await this.#open(from.name);
    const { faults } = await backup.verify();
    if (faults.length > 0) throw damaged(`The backup ${name} has faults`, faults.length);
    return { from, ...(await this.#replaceBy(backup)) };
  }

  /**
   * Makes the store what `build` makes in an empty folder: that is checked, and then put in place as `restore` does. The store is made
   * when it is not there. Throws what `build` throws, and as `restore`; the store is then as it was.
   */
  async replace(build: (volume: Volume) => Promise<void>): Promise<ReplaceReport> {
    await openDiskVolume(this.#directory, { create: true });
    await using _lock = await this.#folders.lock();
    await this.#folders.remove(beingBuilt);
    try {
      await build(await this.#folders.create(beingBuilt));
      await using built = await this.#open(beingBuilt);
      const { faults } = await built.verify();
      if (faults.length > 0) throw damaged("What was built has faults", faults.length);
      return await this.#replaceBy(built);
    } finally {
      await this.#folders.remove(beingBuilt);
    }
  }

  async #replaceBy(source: FileStore): Promise<ReplaceReport> {
    const volume = await openDiskVolume(this.#directory);
    const isNew = (await volume.list()).every((name) => chunkIdOf(name) === undefined);
    await using store = await FileStore.open({ volume, clock: this.#clock, logger: this.#logger });
    const before = isNew ? undefined : await this.#create();
    const entries = await store.replaceContent(source.range());
    return {
      entries,
      ...(before === undefined ? {} : { before: { name: before.name, time: before.time } }),
    };
  }

  async #find(name: string): Promise<Backup> {
    const found = (await this.list()).find((backup) => backup.name === name);
    if (found !== undefined) return found;
    throw new CadenceError("STORE_NOT_FOUND", `There is no backup ${name}.`, {
      remedy: "All of them: npm run --silent cadence -- store backups",
    });
  }
}

/** Values from backups, newest first. */
export class BackupSearch implements AsyncDisposable {
  readonly #list: () => Promise<readonly Backup[]>;
  readonly #open: (name: string) => Promise<FileStore>;
  #stores: Promise<readonly FileStore[]> | undefined;

  constructor(list: () => Promise<readonly Backup[]>, open: (name: string) => Promise<FileStore>) {
    this.#list = list;
    this.#open = open;
  }

  async valueOf(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#stores ??= this.#openAll();
    for (const store of await this.#stores) {
      // Damaged here as well: an older backup may be whole.
      const value = await store.get(key).catch(() => undefined);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  async #openAll(): Promise<readonly FileStore[]> {
    // A backup that cannot be opened has nothing to give; `store backups --verify` names it.
    const opened = (await this.#list()).toReversed().map(({ name }) => this.#open(name).catch(() => undefined));
    return (await Promise.all(opened)).filter((store) => store !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of (await this.#stores) ?? []) await store.close();
  }
}

function newestOfEach(all: readonly Backup[], period: number, count: number): Backup[] {
  // 1970 began on a Thursday.
  const monday = period === week ? 3 * day : 0;
  const newest = new Map(all.map((backup) => [Math.floor((backup.time + monday) / period), backup]));
  return [...newest.values()].slice(Math.max(0, newest.size - count));
}

function parseName(name: string): Backup[] {
  const [, day, hour, minute, second] = namePattern.exec(name) ?? [];
  const time = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? [] : [{ name, time }];
}

function damaged(what: string, faults: number): CadenceError {
  return new CadenceError("STORE_CORRUPT", `${what}: ${faults}.`, {
    remedy: "See store verify; an older backup may be whole.",
    details: { faults },
  });
}
