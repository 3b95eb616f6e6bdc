import { join } from "node:path";
import type { App } from "#app/app.ts";
import { Demo } from "#app/demo.ts";
import { parseDuration } from "#core/duration.ts";
import { CadenceError } from "#core/errors.ts";
import { loadSettings, type Settings } from "#config/load.ts";
import { type Command, storeFlag, textFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { percent } from "./format.ts";
import type { Output } from "./output.ts";
import { daemonLogger, serve, tellAddress, untilAsked } from "./serve.ts";

const usualSpeed = 10;
const fastestSpeed = 600;

export const demoCommand: Command = {
  name: "demo",
  summary: "The daemon with a simulated solar home: no Home Assistant needed, panel on this machine.",
  flags: {
    store: { ...storeFlag, text: "Folder of the store (default: demo in the folder of the option store_directory)" },
    speed: {
      type: "string",
      value: "N",
      text: `The home lives N times faster, 1 to ${fastestSpeed} (default ${usualSpeed})`,
    },
    for: { type: "string", value: "60s", text: "End after this time (default: Ctrl-C)" },
  },
  run: async ({ flags, out, signal }) => {
    const store = textFlag(flags, "store");
    const speed = readSpeed(textFlag(flags, "speed"));
    const length = textFlag(flags, "for");
    const settings = loadSettings({ flags: store === undefined ? {} : { store_directory: store } });
    return runDemo({
      settings: store === undefined ? { ...settings, storeDirectory: join(settings.storeDirectory, "demo") } : settings,
      out,
      signal,
      speed,
      ...(length === undefined ? {} : { length: parseDuration(length) }),
    });
  },
};

export interface DemoRun {
  readonly settings: Settings;
  readonly out: Output;
  readonly signal: AbortSignal;
  readonly speed?: number;
  /** Milliseconds on the wall's clock. */
  readonly length?: number;
}

/** Runs the demo and says at its end what it came to. */
export async function runDemo({ settings, out, signal, speed = usualSpeed, length }: DemoRun): Promise<ExitCode> {
  const logger = daemonLogger(settings.config, out);
  out.line(`A simulated solar home, living ${speed} times faster than the clock on the wall.`);
  await serve({
    start: (onRestore) => Demo.start({ settings, logger, speed, onRestore }),
    run: async (demo, asked) => {
      tellAddress(demo.app, out);
      await untilAsked(asked, length);
      tellOutcome(demo.app, out);
    },
    storeDirectory: settings.storeDirectory,
    logger,
    signal,
  });
  return ExitCode.done;
}

function tellOutcome(app: App, out: Output): void {
  const { entities, storage, buses } = app.overview();
  const worst = buses[0]?.load;
  const gain = worst === undefined || worst.counted === 0 ? null : 1 - worst.utilisationAfter / worst.utilisation;
  out.document({
    entities: entities.length,
    samples: storage.samples,
    published: app.published,
    busUtilisation: worst === undefined || worst.counted === 0 ? null : worst.utilisation,
    planGain: gain,
  });
  if (worst !== undefined && gain !== null) {
    out.line(
      `${entities.length} entities, ${storage.samples.toLocaleString("en")} values stored. ` +
        `The busiest line: ${percent(worst.utilisation)} now, ${percent(worst.utilisationAfter)} with the advice.`,
    );
  }
}

function readSpeed(text: string | undefined): number {
  const speed = text === undefined ? usualSpeed : Number(text);
  if (speed >= 1 && speed <= fastestSpeed) return speed;
  throw new CadenceError("USAGE", `--speed must be a number from 1 to ${fastestSpeed}, got “${text}”.`);
}
