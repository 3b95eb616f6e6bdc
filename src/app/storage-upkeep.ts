import type { Clock, Timer } from "#core/clock.ts";
import { toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import { Mutex } from "#core/mutex.ts";
import type { Service } from "#core/service.ts";
import type { StorageHealth } from "#model/overview.ts";
import type { Backups, Storage } from "#storage/index.ts";

export interface StorageUpkeepOptions {
  readonly storage: Storage;
  /** Where damaged values are looked for. */
  readonly backups: Pick<Backups, "search">;
  /** The machine's time: when it is done. */
  readonly clock: Clock;
  /** The home's time: how old a value is. */
  readonly homeClock: Clock;
  readonly logger: Logger;
  /** 0 = for ever. */
  readonly retentionDays: number;
  /** 0 = as many as there are. */
  readonly retentionBytes: number;
}

const hour = 3_600_000;
const day = 24 * hour;
/** Not while a start is busy with history. */
const firstAfter = hour / 4;
/** Younger blocks are read most, and more may be joined with them. */
const denseAfter = 2 * day;
/** Home Assistant's own history reaches back ten days: what it fills in again must not be too old already. */
const leastDays = 30;
const leastBytes = 20_000_000;

/** Keeps the store small and checked, once an hour: dense blocks, retention, and once a day every byte read back. */
export class StorageUpkeep implements Service {
  readonly name = "storage upkeep";
  readonly #options: StorageUpkeepOptions;
  readonly #stop = new AbortController();
  #timer: Timer | undefined;
  readonly #working = new Mutex();
  #verified: StorageHealth["verified"];
  #activity: "idle" | "verifying" | "compacting" = "idle";
  #verifying: StorageHealth["verifying"];
  #stopVerifying: AbortController | undefined;

  constructor(options: StorageUpkeepOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    this.#schedule(firstAfter);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    await this.#working.run(() => Promise.resolve());
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { verified: this.#verified ?? null };
  }

  health(): Pick<StorageHealth, "verified" | "verifying" | "activity"> {
    return {
      activity: this.#activity,
      ...(this.#verified === undefined ? {} : { verified: this.#verified }),
      ...(this.#verifying === undefined ? {} : { verifying: this.#verifying }),
    };
  }

  /** Reads every byte back, behind what is being done already. Throws STORE_*, ABORTED. */
  verifyNow(): Promise<void> {
    return this.#then(() => this.#verify());
  }

  /** Ends a check that is under way; what it has found so far is not said. */
  stopVerifying(): void {
    this.#stopVerifying?.abort();
  }

  /** Makes everything dense, not only what is old. Throws as `verifyNow`. */
  compactNow(): Promise<void> {
    return this.#then(() =>
      this.#while("compacting", async () => {
        const before = (await this.#options.storage.inspect()).bytes;
        await this.#options.storage.compact();
        const { bytes } = await this.#options.storage.inspect();
        this.#options.logger.info("The store was compacted", { bytesBefore: before, bytes });
      }),
    );
  }

  #then(work: () => Promise<void>): Promise<void> {
    return this.#working.run(async () => {
      if (!this.#stop.signal.aborted) await work();
    });
  }

  async #while<Result>(activity: "verifying" | "compacting", work: () => Promise<Result>): Promise<Result> {
    this.#activity = activity;
    try {
      return await work();
    } finally {
      this.#activity = "idle";
    }
  }

  #schedule(milliseconds: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = this.#options.clock.after(milliseconds, () => void this.#then(() => this.#do()));
  }

  /** Never rejects. */
  async #do(): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      await this.#tidy();
      if (this.#verified === undefined || clock.now() - this.#verified.at >= day) await this.#verify();
    } catch (error) {
      if (!this.#stop.signal.aborted)
        logger.warn(`The store could not be tidied; it is tried again in an hour. ${toCadenceError(error).sentence}`);
    }
    this.#schedule(hour);
  }

  async #tidy(): Promise<void> {
    const { storage, homeClock, logger, retentionDays, retentionBytes } = this.#options;
    const now = homeClock.now();
    const options = {
      denseBefore: now - denseAfter,
      ...(retentionDays === 0 ? {} : { expireBefore: now - Math.max(leastDays, retentionDays) * day }),
      ...(retentionBytes === 0 ? {} : { mostBytes: Math.max(leastBytes, retentionBytes) }),
    };
    const report = await this.#while("compacting", () => storage.tidy(options));
    if (report.samples > 0)
      logger.info("Old values were removed, as the options ask; their hours are kept", { values: report.samples });
    if (report.blocks > 0) logger.debug("Blocks were made dense", { ...report });
  }

  #verify(): Promise<void> {
    return this.#while("verifying", () => this.#verifyAndMend());
  }

  async #verifyAndMend(): Promise<void> {
    const { storage, backups, clock, logger } = this.#options;
    const stopped = new AbortController();
    this.#stopVerifying = stopped;
    const report = await storage
      .verify({
        signal: AbortSignal.any([this.#stop.signal, stopped.signal]),
        onProgress: (done, of) => {
          this.#verifying = { done, of };
        },
      })
      .catch((error: unknown) => {
        if (stopped.signal.aborted) return undefined;
        throw error;
      })
      .finally(() => {
        this.#verifying = undefined;
        this.#stopVerifying = undefined;
      });
    if (report === undefined) return;
    const { ok, faults } = report;
    this.#verified = { at: clock.now(), ok };
    if (ok) return;
    logger.error("The daily check of the store found damage", { faults });
    const { filled, lost, left } = await storage.repair(backups, { signal: this.#stop.signal });
    this.#verified = { at: clock.now(), ok: lost.length === 0 && left === 0 };
    logger.warn("The damage was mended as far as backups reach; damaged bytes are kept aside", { filled, lost, left });
  }
}
