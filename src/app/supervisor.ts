import type { Clock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";

/** A service with the time each of its steps may take, in real milliseconds. */
export interface SupervisedService {
  readonly service: Service;
  /** @default 10000 */
  readonly startWithin?: number;
  /** @default 1500, so that all of them together stay below the Supervisor's ten seconds */
  readonly stopWithin?: number;
}

/**
 * Starts services in order and stops them in the reverse order, each step with its name and a time limit. A service that
 * fails to start stops those before it; a service that fails to stop does not keep the others from stopping.
 */
export class Supervisor {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #running: SupervisedService[] = [];

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  async start(services: readonly SupervisedService[]): Promise<void> {
    for (const supervised of services) {
      const { service, startWithin = 10_000 } = supervised;
      this.#running.push(supervised);
      try {
        await this.#within(startWithin, `Starting ${service.name}`, service.start());
      } catch (error) {
        await this.stop();
        throw error;
      }
    }
  }

  /** Idempotent. Throws one AggregateError when services failed to stop, after all were told to. */
  async stop(): Promise<void> {
    const failures: unknown[] = [];
    while (this.#running.length > 0) {
      const { service, stopWithin = 1_500 } = this.#running.pop() as SupervisedService;
      try {
        await this.#within(stopWithin, `Stopping ${service.name}`, service.stop());
      } catch (error) {
        this.#logger.error(`${service.name} did not stop cleanly`, { error });
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "Not everything stopped cleanly");
  }

  inspect(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#running.map(({ service }) => [service.name, service.inspect()]));
  }

  async #within(milliseconds: number, step: string, work: Promise<void>): Promise<void> {
    const expired = Promise.withResolvers<never>();
    using _timer = this.#clock.after(milliseconds, () =>
      expired.reject(
        new CadenceError("TIMED_OUT", `${step} took longer than ${milliseconds / 1_000} s.`, {
          remedy: "The log above says what it was doing.",
          details: { step },
        }),
      ),
    );
    await Promise.race([work, expired.promise]);
  }
}
