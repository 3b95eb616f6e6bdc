import { type Clock, systemClock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import { formatDuration } from "#core/duration.ts";
import type { Settings } from "#config/load.ts";
import { isConnected, type Overview } from "#model/overview.ts";
import { Repository } from "#repository/repository.ts";
import { Storage } from "#storage/index.ts";
import { migrateAtStart } from "./migrate.ts";
import { Supervisor } from "./supervisor.ts";
import { version } from "./version.ts";
import { wire, type Wiring } from "./wiring.ts";

export interface AppOptions {
  readonly settings: Settings;
  /** The home's time; see WiringOptions. */
  readonly clock: Clock;
  readonly networkClock: Clock;
  readonly logger: Logger;
  /** Runs against the simulated home. @default false */
  readonly demo?: boolean;
  readonly pollPeriod?: number;
  /** See WiringOptions. @default nobody restores */
  readonly onRestore?: (backup: string) => void;
}

/** The whole daemon: opened, started, and stopped in the reverse order. */
export class App implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack;
  readonly #wiring: Wiring;
  readonly #options: AppOptions;

  private constructor(options: AppOptions, resources: AsyncDisposableStack, wiring: Wiring) {
    this.#options = options;
    this.#resources = resources;
    this.#wiring = wiring;
  }

  /** Throws what a service throws that cannot start (PORT_IN_USE, STORE_*); everything opened is closed again. */
  static async start(options: AppOptions): Promise<App> {
    const { settings, clock, networkClock, logger, demo = false, pollPeriod, onRestore = () => undefined } = options;
    await using resources = new AsyncDisposableStack();
    const storage = resources.use(
      await Storage.open({
        at: settings.storeDirectory,
        clock,
        logger: logger.child("storage"),
        create: true,
        commitInterval: settings.config.commit_interval * 1_000,
      }),
    );
    const repository = await Repository.open(storage);
    const home = settings.homeAssistantConfig;
    const legacyImport =
      home === undefined || demo
        ? "none"
        : await migrateAtStart({ repository, home, clock, logger: logger.child("migration") });
    const wiring = wire({
      settings,
      storage,
      repository,
      logger,
      clock,
      networkClock,
      legacyImport,
      budget: await repository.adjustments.get("busBudget", settings.config.bus_budget),
      isDriveOn: await repository.adjustments.get("drive", settings.config.drive),
      product: { version, demo, startedAt: clock.now() },
      onRestore,
      ...(pollPeriod === undefined ? {} : { pollPeriod }),
    });
    const supervisor = new Supervisor(systemClock, logger);
    resources.defer(() => supervisor.stop());
    await supervisor.start(wiring.services);
    return new App(options, resources.move(), wiring);
  }

  /** Where the panel is. */
  get address(): string {
    return this.#wiring.panel.address;
  }

  overview(): Overview {
    return this.#wiring.overview();
  }

  /** Messages and states sent to Home Assistant so far. */
  get published(): number {
    return Number(this.#wiring.publisher.inspect()["published"]);
  }

  /**
   * Resolves once Home Assistant is connected. Throws HASS_AUTH_INVALID at once when the token is refused, and after `within`
   * milliseconds HASS_NOT_READY or HASS_UNREACHABLE; 0 waits for ever.
   */
  async connected(within: number, signal: AbortSignal): Promise<void> {
    const { bridge } = this.#wiring;
    const settled = Promise.withResolvers<void>();
    const look = (): void => {
      const { state } = bridge.health();
      if (isConnected(state)) settled.resolve();
      if (state === "refused") settled.reject(bridge.failure);
    };
    const late = (): void => {
      const { failure } = bridge;
      const { state, cause } = bridge.health();
      const starting = state === "syncing";
      const fact = starting
        ? (cause ?? "Home Assistant is starting.")
        : (failure?.message ?? "Home Assistant did not answer.");
      settled.reject(
        new CadenceError(
          starting ? "HASS_NOT_READY" : (failure?.code ?? "HASS_UNREACHABLE"),
          `${fact} Waited ${formatDuration(within)} for it.`,
          {
            remedy:
              "Check the address (HASS_URL), and that Home Assistant is running; startup_timeout 0 waits for ever.",
            ...(failure === undefined ? {} : { cause: failure }),
          },
        ),
      );
    };
    const unsubscribe = bridge.events.on("connection", look);
    const timer = within === 0 ? undefined : this.#options.networkClock.after(within, late);
    const aborted = (): void => settled.resolve();
    signal.addEventListener("abort", aborted, { once: true });
    try {
      look();
      await settled.promise;
    } finally {
      unsubscribe();
      timer?.cancel();
      signal.removeEventListener("abort", aborted);
    }
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    await this.#resources.disposeAsync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
