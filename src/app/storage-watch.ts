import type { Clock, Timer } from "#core/clock.ts";
import { toCadenceError } from "#core/errors.ts";
import type { Service } from "#core/service.ts";
import type { StorageHealth } from "#model/overview.ts";
import type { Storage } from "#storage/index.ts";

const lookEvery = 5_000;
const hour = 3_600_000;
const day = 24 * hour;
/** A rate over less says nothing. */
const shortestSpan = 60_000;

/** All that can be seen from outside. */
type Watched = Omit<StorageHealth, "activity">;

const unknownHealth: Watched = {
  status: "ok",
  series: 0,
  samples: 0,
  chunks: 0,
  bytes: 0,
  bytesPerSample: 0,
  bytesWritten: 0,
  cacheHitRate: 0,
  damagedFrames: 0,
};

/** Looks at the store every few seconds, so that an overview never waits for the disk. */
export class StorageWatch implements Service {
  readonly name = "storage watch";
  readonly #storage: Storage;
  readonly #clock: Clock;
  #written: { readonly at: number; readonly bytes: number }[] = [];
  #health = unknownHealth;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  start(): Promise<void> {
    return this.#look();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    return Promise.resolve();
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { ...this.#health };
  }

  health(): Watched {
    return this.#health;
  }

  /** What was written until now is not what a day writes: history was filled in. */
  restartRate(): void {
    this.#written = [];
  }

  /** Never rejects: that the store cannot be looked at is itself the news. */
  async #look(): Promise<void> {
    try {
      const status = await this.#storage.inspect();
      const now = this.#clock.monotonic();
      this.#written = [...this.#written.filter(({ at }) => now - at <= hour), { at: now, bytes: status.bytesWritten }];
      const bytesPerDay = this.#bytesPerDay();
      this.#health = { ...status, ...(bytesPerDay === undefined ? {} : { bytesPerDay }) };
    } catch (error) {
      this.#health = { ...this.#health, status: "failing", cause: toCadenceError(error).sentence };
    }
    if (!this.#stopped) this.#timer = this.#clock.after(lookEvery, () => void this.#look());
  }

  #bytesPerDay(): number | undefined {
    const [first] = this.#written;
    const last = this.#written.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < shortestSpan) return undefined;
    return ((last.bytes - first.bytes) / (last.at - first.at)) * day;
  }
}
