import type { App } from "#app/app.ts";
import { createLogger } from "#app/logger.ts";
import { delay, systemClock } from "#core/clock.ts";
import { toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Config } from "#config/options.ts";
import { Backups } from "#storage/index.ts";
import type { Output } from "./output.ts";

/** The log of a daemon: lines for people, or JSON lines beside a JSON result. Always on stderr. */
export function daemonLogger(config: Config, out: Output): Logger {
  return createLogger({
    level: config.log_level,
    plain: !out.json,
    write: (line) => void process.stderr.write(line),
  });
}

/** Says where the panel is. */
export function tellAddress(app: App, out: Output): void {
  out.line(`Panel: ${app.address}`);
  out.line("Ctrl-C ends it; the next start goes on from there.");
}

export interface ServeOptions<Running> {
  /** Starts everything; `onRestore` is called with a backup's name. */
  readonly start: (onRestore: (backup: string) => void) => Promise<Running>;
  /** Resolves when it is to end. */
  readonly run: (running: Running, signal: AbortSignal) => Promise<void>;
  readonly storeDirectory: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Runs a daemon until it is to end. For a restore it is stopped, and begins anew on what was restored; a restore that fails leaves the store as it was. */
export async function serve<Running extends AsyncDisposable>(options: ServeOptions<Running>): Promise<void> {
  const { start, run, storeDirectory, logger, signal } = options;
  for (;;) {
    let wanted: string | undefined;
    {
      const restoring = new AbortController();
      await using running = await start((backup) => {
        wanted = backup;
        restoring.abort();
      });
      await run(running, AbortSignal.any([signal, restoring.signal]));
    }
    if (wanted === undefined || signal.aborted) return;
    await restore(storeDirectory, wanted, logger);
  }
}

async function restore(directory: string, name: string, logger: Logger): Promise<void> {
  try {
    const { entries, before } = await new Backups({ directory, clock: systemClock, logger }).restore(name);
    logger.info("The store was restored; what it held is a backup of its own", { name, entries, before: before?.name });
  } catch (error) {
    logger.error(`The backup ${name} could not be restored. ${toCadenceError(error).sentence}`);
  }
}

/** Resolves when the process is asked to end, or after `milliseconds`. */
export async function untilAsked(signal: AbortSignal, milliseconds?: number): Promise<void> {
  // A timer of ours keeps no process alive, but a daemon has to stay.
  const alive = setInterval(() => undefined, 60_000);
  try {
    if (signal.aborted) return;
    const asked = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    const over = milliseconds === undefined ? asked : delay(systemClock, milliseconds, signal).catch(() => undefined);
    await Promise.race([asked, over]);
  } finally {
    clearInterval(alive);
  }
}
