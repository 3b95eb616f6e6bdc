import type { Clock, Timer } from "#core/clock.ts";
import { toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import type { StorageHealth } from "#model/overview.ts";
import type { Backups, KeepBackups } from "#storage/index.ts";

export interface BackupScheduleOptions {
  readonly backups: Backups;
  /** The machine's time. */
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds from one backup to the next; 0 = none. */
  readonly interval: number;
  /** Older ones are removed. */
  readonly keep: KeepBackups;
}

/** A store that is this young holds little worth keeping twice. */
const firstAfter = 3_600_000;
const retryAfter = 3_600_000;

/** Makes a backup whenever the last one is old enough, across restarts, and removes the oldest. */
export class BackupSchedule implements Service {
  readonly name = "backups";
  readonly #options: BackupScheduleOptions;
  readonly #stop = new AbortController();
  #timer: Timer | undefined;
  #work: Promise<void> = Promise.resolve();
  #last: number | undefined;
  #failure: string | undefined;
  #making = false;

  constructor(options: BackupScheduleOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { backups, clock, interval } = this.#options;
    this.#last = (await backups.list()).at(-1)?.time;
    // A clock that was set back must not put the next one off for years.
    const due = this.#last === undefined ? firstAfter : Math.min(interval, this.#last + interval - clock.now());
    if (interval > 0) this.#schedule(due);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    await this.#work;
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { lastBackupAt: this.#last ?? null, failure: this.#failure ?? null };
  }

  health(): Pick<StorageHealth, "lastBackupAt"> & { readonly making: boolean } {
    return { making: this.#making, ...(this.#last === undefined ? {} : { lastBackupAt: this.#last }) };
  }

  /** Makes a backup, behind one that is being made; what fails is told in the log and tried again. */
  async backupNow(): Promise<void> {
    this.#timer?.cancel();
    this.#work = this.#work.then(() => (this.#stop.signal.aborted ? undefined : this.#make()));
    await this.#work;
  }

  #schedule(milliseconds: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = this.#options.clock.after(Math.max(0, milliseconds), () => {
      this.#work = this.#make();
    });
  }

  /** Never rejects. */
  async #make(): Promise<void> {
    const { backups, logger, interval, keep } = this.#options;
    this.#making = true;
    try {
      const backup = await backups.create(this.#stop.signal);
      this.#last = backup.time;
      this.#failure = undefined;
      const removed = await backups.prune(keep);
      logger.info("A backup was made and read back", {
        name: backup.name,
        bytes: backup.bytes,
        removed: removed.length,
      });
      if (interval > 0) this.#schedule(interval);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#failure = toCadenceError(error).sentence;
      logger.warn(`No backup could be made${interval > 0 ? "; it is tried again in an hour" : ""}. ${this.#failure}`);
      if (interval > 0) this.#schedule(retryAfter);
    } finally {
      this.#making = false;
    }
  }
}
