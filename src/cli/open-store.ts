import { createLogger } from "#app/logger.ts";
import { systemClock } from "#core/clock.ts";
import type { Logger } from "#core/logger.ts";
import { loadSettings } from "#config/load.ts";
import { Backups, Storage } from "#storage/index.ts";
import { type FlagValues, textFlag } from "./command.ts";

/** Warnings and errors of a command that is no daemon, for people. */
export const commandLogger: Logger = createLogger({
  level: "warn",
  plain: true,
  write: (line) => void process.stderr.write(line),
});

/** The store's folder: `--store`, else the option. */
export function storeDirectory(flags: FlagValues): string {
  const store = textFlag(flags, "store");
  return loadSettings({ flags: store === undefined ? {} : { store_directory: store } }).storeDirectory;
}

/** The store of a command that only reads: a daemon may be writing it meanwhile. Throws STORE_NOT_FOUND, STORE_*. */
export function openForReading(directory: string): Promise<Storage> {
  return Storage.open({ at: directory, clock: systemClock, logger: commandLogger, readOnly: true });
}

/** The store of a command that writes; made when there is none, unless told otherwise. Throws STORE_LOCKED, STORE_NOT_WRITABLE, STORE_*. */
export function openForWriting(directory: string, { create = true } = {}): Promise<Storage> {
  return Storage.open({ at: directory, clock: systemClock, logger: commandLogger, create });
}

export function openBackups(directory: string): Backups {
  return new Backups({ directory, clock: systemClock, logger: commandLogger });
}
