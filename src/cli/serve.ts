import type { App } from "#app/app.ts";
import { createLogger } from "#app/logger.ts";
import { delay, systemClock } from "#core/clock.ts";
import type { Logger } from "#core/logger.ts";
import type { Config } from "#config/options.ts";
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
