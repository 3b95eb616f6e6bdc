import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { parseDocument } from "yaml";
import { CadenceError } from "#core/errors.ts";
import { createConfig, type RawOptions } from "./config.ts";
import { type Config, optionTable } from "./options.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadOptions {
  /** Command line flags, by option key. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly environment?: Environment;
  /** Folder that relative names start from. */
  readonly directory?: string;
}

/** What runs where: the add-on has its Supervisor, its folder and its proxy. */
export interface Settings {
  readonly config: Config;
  readonly addon: boolean;
  /** Address the panel listens on. */
  readonly panelHost: string;
  /** Absolute. */
  readonly storeDirectory: string;
  /** Absolute; absent where Home Assistant's files cannot be reached. */
  readonly homeAssistantConfig?: string;
  /** PEM; what the file of mqtt_ca holds. */
  readonly mqttCa?: string;
  /** PEM; what the file of fleet_ca holds. */
  readonly fleetCa?: string;
  /** Names of the sources that were read. */
  readonly origins: readonly string[];
}

const prefix = "CADENCE_";
/** Variables with our prefix that are no options: where the options file is, and where tests find recorded data. */
const otherVariables: ReadonlySet<string> = new Set(["CADENCE_CONFIG", "CADENCE_DATA"]);
const addonOptionsFile = "/data/options.json";
const configFile = join("config", "cadence.yaml");
/** Larger files are not ours. */
const longestFile = 1_000_000;

/**
 * Reads every place options can stand in; later wins: defaults, the add-on's options or `config/cadence.yaml`
 * (`CADENCE_CONFIG` names another), environment, command line. Throws OPTIONS_INVALID.
 */
export function loadSettings(load: LoadOptions = {}): Settings {
  const environment = load.environment ?? process.env;
  const directory = load.directory ?? process.cwd();
  const supervisorToken = environment["SUPERVISOR_TOKEN"];
  const addon = supervisorToken !== undefined && supervisorToken !== "";
  const sources: RawOptions[] = [];
  if (addon) {
    const values = {
      home_assistant_url: "http://supervisor/core",
      home_assistant_token: supervisorToken,
      store_directory: "/data",
      home_assistant_config: "/homeassistant",
      startup_timeout: 0,
    };
    sources.push({ origin: "Supervisor", values });
  }
  const named = environment["CADENCE_CONFIG"];
  sources.push(...readFileOptions(addon ? addonOptionsFile : (named ?? configFile), directory, named !== undefined));
  sources.push(environmentOptions(environment));
  if (load.flags !== undefined) sources.push({ origin: "command line", values: load.flags });
  const config = createConfig(sources);
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(directory, path));
  const origins = sources.filter(({ values }) => Object.keys(values).length > 0).map(({ origin }) => origin);
  return {
    config,
    addon,
    // The Supervisor's proxy comes from its own network, and the panel lets nobody else in.
    panelHost: addon ? "0.0.0.0" : config.panel_host,
    storeDirectory: absolute(config.store_directory),
    ...(config.home_assistant_config === undefined
      ? {}
      : { homeAssistantConfig: absolute(config.home_assistant_config) }),
    ...(config.mqtt_ca === undefined ? {} : { mqttCa: readCertificates(absolute(config.mqtt_ca), "mqtt_ca") }),
    ...(config.fleet_ca === undefined ? {} : { fleetCa: readCertificates(absolute(config.fleet_ca), "fleet_ca") }),
    origins,
  };
}

function readFileOptions(name: string, directory: string, required: boolean): RawOptions[] {
  const path = isAbsolute(name) ? name : join(directory, name);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (!required && (cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unreadable(name, "cannot be read", cause);
  }
  if (text.length > longestFile) throw unreadable(name, "is larger than 1 MB");
  const document = parseDocument(text, { maxAliasCount: 100 } as object);
  const fault = document.errors[0];
  if (fault !== undefined) throw unreadable(name, `is not valid YAML: ${fault.message.split("\n")[0]}`, fault);
  let values: unknown;
  try {
    values = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw unreadable(name, "cannot be expanded", cause);
  }
  if (values === null || values === undefined) return [];
  if (typeof values !== "object" || Array.isArray(values)) throw unreadable(name, "must hold options as key: value");
  return [{ origin: name, values: values as Record<string, unknown> }];
}

function readCertificates(path: string, option: string): string {
  try {
    const text = readFileSync(path, "utf8");
    if (text.length < longestFile && text.includes("-----BEGIN CERTIFICATE-----")) return text;
  } catch (cause) {
    throw unreadable(path, `(${option}) cannot be read`, cause);
  }
  throw unreadable(path, `(${option}) holds no certificate in PEM form`);
}

function environmentOptions(environment: Environment): RawOptions {
  const values: Record<string, unknown> = {};
  const names: Record<string, string> = {};
  for (const [key, option] of Object.entries(optionTable)) {
    for (const name of [option.environment, `${prefix}${key.toUpperCase()}`]) {
      if (name === undefined) continue;
      const value = environment[name];
      if (value !== undefined && value !== "") {
        values[key] = value;
        names[key] = name;
      }
    }
  }
  for (const name of Object.keys(environment)) {
    const key = name.slice(prefix.length).toLowerCase();
    if (!name.startsWith(prefix) || otherVariables.has(name) || Object.hasOwn(optionTable, key)) continue;
    values[key] = environment[name];
    names[key] = name;
  }
  return { origin: "environment", values, names };
}

function unreadable(name: string, what: string, cause?: unknown): CadenceError {
  return new CadenceError("OPTIONS_INVALID", `The file ${name} ${what}.`, {
    remedy: "Correct the file, or remove it to run with the defaults.",
    cause,
  });
}
