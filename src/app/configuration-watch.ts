import type { Clock, Timer } from "#core/clock.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import { readConfiguration } from "#modbus/yaml/read-configuration.ts";
import type { ConfigurationFiles } from "#model/configuration-files.ts";
import type { ConfigurationProblem, YamlHub } from "#model/yaml-hub.ts";

export interface ConfigurationWatchOptions {
  readonly files: ConfigurationFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told the hubs at the start and whenever they have changed. */
  readonly onHubs: (hubs: readonly YamlHub[]) => void;
}

const mainFile = "configuration.yaml";
const every = 300_000;
const namedProblems = 5;
/** Home Assistant lives with these; `plan` names them all. */
const harmless: ReadonlySet<ConfigurationProblem["code"]> = new Set(["interval-short", "interval-zero", "no-modbus"]);

/** Reads Home Assistant's Modbus configuration now and then, as people change it while we run. */
export class ConfigurationWatch implements Service {
  readonly name = "configuration";
  readonly #options: ConfigurationWatchOptions;
  #timer: Timer | undefined;
  #stopped = false;
  #reading: Promise<void> = Promise.resolve();
  #known = "";
  #counts = { hubs: 0, entities: 0, problems: 0 };

  constructor(options: ConfigurationWatchOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#reading = this.#read();
    await this.#reading;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#reading;
  }

  inspect(): Readonly<Record<string, unknown>> {
    return this.#counts;
  }

  async #read(): Promise<void> {
    const { files, clock, logger, onHubs } = this.#options;
    const { hubs, problems } = await readConfiguration(files, mainFile);
    const text = JSON.stringify({ hubs, problems });
    if (!this.#stopped && text !== this.#known) {
      this.#known = text;
      this.#counts = {
        hubs: hubs.length,
        entities: hubs.reduce((sum, { entities }) => sum + entities.length, 0),
        problems: problems.length,
      };
      if (hubs.length > 0) logger.info("Home Assistant's Modbus configuration was read", this.#counts);
      const told = problems.filter(({ code }) => !harmless.has(code));
      for (const { file, line, text: what } of told.slice(0, namedProblems)) logger.warn(`${file}:${line}: ${what}`);
      if (told.length > namedProblems)
        logger.warn(`… and ${told.length - namedProblems} more; the command plan names them all.`);
      onHubs(hubs);
    }
    if (this.#stopped) return;
    this.#timer = clock.after(every, () => {
      this.#reading = this.#read();
    });
  }
}
