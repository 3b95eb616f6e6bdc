import type { Clock, Timer } from "#core/clock.ts";
import { toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import type { Overview } from "#model/overview.ts";
import type { Repository } from "#repository/repository.ts";

export interface HourlyRecordsOptions {
  readonly repository: Repository;
  /** The home's time. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly overview: () => Pick<Overview, "buses" | "storage">;
}

const hour = 3_600_000;
const kept = 3 * 365 * 24 * hour;

/** Writes down at the end of every hour what the buses were asked for and what was written: what a month looked like can be seen afterwards. */
export class HourlyRecords implements Service {
  readonly name = "hourly records";
  readonly #options: HourlyRecordsOptions;
  #timer: Timer | undefined;
  #writtenBefore = 0;
  #working: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: HourlyRecordsOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    this.#schedule();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#working;
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { writtenBefore: this.#writtenBefore };
  }

  #schedule(): void {
    const now = this.#options.clock.now();
    this.#timer = this.#options.clock.after(hour - (now % hour), () => {
      this.#working = this.#record();
    });
  }

  /** Never rejects. */
  async #record(): Promise<void> {
    const { repository, clock, logger, overview } = this.#options;
    try {
      const { buses, storage } = overview();
      const known = buses.filter(({ load }) => load.counted > 0);
      const time = Math.round(clock.now() / hour) * hour;
      const record = {
        time,
        loads: Object.fromEntries(known.map(({ bus, load }) => [bus.id, Number(load.utilisation.toFixed(4))])),
        written: storage.bytesWritten - this.#writtenBefore,
      };
      this.#writtenBefore = storage.bytesWritten;
      await repository.recordHour(record, time - kept);
    } catch (error) {
      logger.warn(`What the hour was like could not be written down. ${toCadenceError(error).sentence}`);
    }
    if (!this.#stopped) this.#schedule();
  }
}
