import type { Clock, Timer } from "#core/clock.ts";
import { toCadenceError } from "#core/errors.ts";
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
  readonly onHubs: (hubs: readonly YamlHub[]) => void | Promise<void>;
}

const mainFile = "configuration.yaml";
const every = 300_000;
const namedProblems = 5;
/** Home Assistant lives with these; `plan` names them all. */
const harmless: ReadonlySet<ConfigurationProblem["code"]> = new Set(["interval-short", "interval-zero", "no-modbus"]);

/** What a reading of the configuration asked for, so that the same need not be parsed again. */
class Asked implements ConfigurationFiles {
  readonly #files: ConfigurationFiles;
  readonly #texts = new Map<string, string | undefined>();
  readonly #lists = new Map<string, string>();

  constructor(files: ConfigurationFiles) {
    this.#files = files;
  }

  async read(path: string): Promise<string | undefined> {
    const text = await this.#files.read(path);
    this.#texts.set(path, text);
    return text;
  }

  async list(folder: string): Promise<readonly string[]> {
    const names = await this.#files.list(folder);
    this.#lists.set(folder, names.join("\n"));
    return names;
  }

  /** True when everything would be answered as before. */
  async isSame(): Promise<boolean> {
    for (const [path, text] of this.#texts) if ((await this.#files.read(path)) !== text) return false;
    for (const [folder, names] of this.#lists) if ((await this.#files.list(folder)).join("\n") !== names) return false;
    return this.#texts.size > 0;
  }
}

/** Reads Home Assistant's Modbus configuration now and then, as people change it while we run. */
export class ConfigurationWatch implements Service {
  readonly name = "configuration";
  readonly #options: ConfigurationWatchOptions;
  #timer: Timer | undefined;
  #stopped = false;
  #reading: Promise<void> = Promise.resolve();
  #asked: Asked | undefined;
  #counts = { hubs: 0, entities: 0, problems: 0 };

  constructor(options: ConfigurationWatchOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#reading = this.#look();
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

  /** Whatever somebody wrote there, it must not stop the daemon. */
  async #look(): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      await this.#read();
    } catch (error) {
      logger.warn(
        `Home Assistant's configuration could not be read; it is tried again. ${toCadenceError(error).sentence}`,
      );
    }
    if (this.#stopped) return;
    this.#timer = clock.after(every, () => {
      this.#reading = this.#look();
    });
  }

  async #read(): Promise<void> {
    const { files, logger, onHubs } = this.#options;
    // A large configuration takes tenths of a second to parse, in which nothing else runs.
    if ((await this.#asked?.isSame()) !== true) {
      const asked = new Asked(files);
      const { hubs, problems } = await readConfiguration(asked, mainFile);
      this.#asked = asked;
      if (this.#stopped) return;
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
      await onHubs(hubs);
    }
  }
}
