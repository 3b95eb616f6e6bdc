import { randomBytes } from "node:crypto";
import { acceleratedClock, systemClock } from "#core/clock.ts";
import { isCadenceError } from "#core/errors.ts";
import { silentLogger, type Logger } from "#core/logger.ts";
import type { Settings } from "#config/load.ts";
import { SimulatedHome } from "#simulator/simulated-home.ts";
import { Storage } from "#storage/index.ts";
import { App } from "./app.ts";

export interface DemoOptions {
  /** The store's folder and everything but the connection. */
  readonly settings: Settings;
  readonly logger: Logger;
  /** How many times faster than the clock on the wall the home lives. */
  readonly speed: number;
  /** See WiringOptions. @default nobody restores */
  readonly onRestore?: (backup: string) => void;
}

/** A look at all reads takes this long of the machine's time; a home that lives faster is looked at less often. */
const fastestLook = 50;

/** The daemon and a simulated home for it, on one virtual clock. */
export class Demo implements AsyncDisposable {
  readonly app: App;
  readonly #resources: AsyncDisposableStack;

  private constructor(app: App, resources: AsyncDisposableStack) {
    this.app = app;
    this.#resources = resources;
  }

  /** Throws as App.start. */
  static async start({ settings, logger, speed, onRestore }: DemoOptions): Promise<Demo> {
    await using resources = new AsyncDisposableStack();
    const clock = acceleratedClock(await beginning(settings.storeDirectory), speed);
    const token = randomBytes(24).toString("base64url");
    const home = resources.use(
      await SimulatedHome.start({
        clock,
        logger: logger.child("home"),
        token,
        slice: Math.max(50, fastestLook * speed * 0.2),
      }),
    );
    const config = Object.freeze({ ...settings.config, home_assistant_url: home.url, home_assistant_token: token });
    const app = resources.use(
      await App.start({
        settings: { ...settings, config },
        clock,
        networkClock: systemClock,
        logger,
        demo: true,
        pollPeriod: Math.max(1_000, fastestLook * speed),
        ...(onRestore === undefined ? {} : { onRestore }),
      }),
    );
    return new Demo(app, resources.move());
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    await this.#resources.disposeAsync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** The home's time never goes back: an earlier demo lived faster than the clock on the wall and is ahead of it. */
async function beginning(directory: string): Promise<number> {
  try {
    await using storage = await Storage.open({
      at: directory,
      clock: systemClock,
      logger: silentLogger,
      readOnly: true,
    });
    return Math.max(Date.now(), (storage.series.totals().newest ?? 0) + 1);
  } catch (error) {
    if (isCadenceError(error, "STORE_NOT_FOUND")) return Date.now();
    throw error;
  }
}
