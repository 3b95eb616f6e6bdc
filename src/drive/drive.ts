import type { Clock, Timer } from "#core/clock.ts";
import { toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import type { DrivenEntity, DriveOverview, DriveTarget } from "#model/drive.ts";
import { BusDriveLoop } from "./bus-drive-loop.ts";
import { tickOf } from "./pace.ts";
import type { ReadPort, Turns } from "./ports.ts";

export interface DriveOptions {
  /** The network's time. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly port: ReadPort;
  /** What there is to drive now, and how much each bus may take. */
  readonly targets: () => readonly DriveTarget[];
  /** Whose turn it is on a bus, with what is known of the past; one tick is so many ms. */
  readonly turns: (target: DriveTarget, tick: number) => Promise<Turns>;
  readonly isOn: boolean;
}

interface Running {
  readonly loop: BusDriveLoop;
  readonly done: Promise<void>;
  readonly target: DriveTarget;
}

/** Entities and allowances are looked at so often; ms. */
const every = 5_000;

/**
 * Reads entities through Home Assistant when each is worth it: one request at a time on a bus, within the bus's budget, giving way to everybody else. What it began ends with it: when the process dies, the one
 * request that was under way is the last.
 */
export class Drive implements Service {
  readonly name = "drive";
  readonly #options: DriveOptions;
  readonly #running = new Map<string, Running>();
  #isOn: boolean;
  #timer: Timer | undefined;
  #stopped = false;
  #work: Promise<void> = Promise.resolve();

  constructor(options: DriveOptions) {
    this.#options = options;
    this.#isOn = options.isOn;
  }

  start(): Promise<void> {
    this.#schedule(0);
    return Promise.resolve();
  }

  /** A read that is under way is waited for by nobody. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    for (const { loop } of this.#running.values()) loop.stop();
    this.#running.clear();
    return Promise.resolve();
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { isOn: this.#isOn, buses: this.#running.size };
  }

  /** Switched in Home Assistant; resolves when it is as asked for. */
  async turn(isOn: boolean): Promise<void> {
    if (isOn !== this.#isOn) this.#options.logger.info(isOn ? "The drive is on" : "The drive is off");
    this.#isOn = isOn;
    await this.#look();
  }

  /** Somebody writes to a device of one bus, or of any. */
  giveWay(busId?: string): void {
    for (const [id, { loop }] of this.#running) if (busId === undefined || id === busId) loop.giveWay();
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** What is driven now. */
  describe(): DriveOverview {
    const running = [...this.#running.values()];
    return {
      buses: running.map(({ loop }) => loop.describe()),
      seconds: new Map(
        running.flatMap(({ loop, target: { entities } }) =>
          loop
            .expectedIntervals()
            .map((seconds, index) => [(entities[index] as DrivenEntity).entityId, seconds] as const),
        ),
      ),
    };
  }

  #schedule(milliseconds: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(milliseconds, () => {
      void this.#look().finally(() => {
        if (!this.#stopped) this.#schedule(every);
      });
    });
  }

  /** One look after the other. Never rejects. */
  #look(): Promise<void> {
    this.#work = this.#work
      .then(() => this.#adjust())
      .catch((error: unknown) => {
        this.#options.logger.warn(
          `The drive could not be adjusted; it is tried again. ${toCadenceError(error).sentence}`,
        );
      });
    return this.#work;
  }

  async #adjust(): Promise<void> {
    const targets = this.#isOn && !this.#stopped ? this.#options.targets() : [];
    const wanted = new Map(targets.map((target) => [target.busId, target]));
    for (const [busId, running] of this.#running) {
      const target = wanted.get(busId);
      if (target !== undefined && isSame(running.target, target)) running.loop.setTarget(target);
      else {
        running.loop.stop();
        this.#running.delete(busId);
        // Two loops would be two requests at a time.
        await running.done;
      }
    }
    for (const target of targets) {
      if (!this.#running.has(target.busId) && target.entities.length > 0) await this.#begin(target);
    }
  }

  async #begin(target: DriveTarget): Promise<void> {
    const { clock, logger, port } = this.#options;
    const { busId, entities, allowance } = target;
    const tick = tickOf(target);
    const turns = await this.#options.turns(target, tick);
    if (this.#stopped || !this.#isOn) return;
    const loop = new BusDriveLoop({ clock, logger, port, target, turns, tick });
    this.#running.set(busId, { loop, done: loop.run(), target });
    logger.info("The drive reads a bus: first all entities alike, then each as often as it is worth it", {
      bus: busId,
      entities: entities.length,
      allowance: `${Math.round(allowance * 100)} %`,
    });
  }
}

/** The same entities, wanted alike; the allowance may differ. */
function isSame(a: DriveTarget, b: DriveTarget): boolean {
  return JSON.stringify(a.entities) === JSON.stringify(b.entities);
}
