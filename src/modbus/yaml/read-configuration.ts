import type { ConfigurationFiles } from "#model/configuration-files.ts";
import type { YamlConfiguration, YamlEntity, YamlHub } from "#model/yaml-hub.ts";
import { findHubs } from "./find-hubs.ts";
import { ConfigurationLoader } from "./load.ts";
import { readHub } from "./read-hub.ts";
import { Problems, type Report, type TreeMap } from "./tree.ts";

/**
 * The hubs and entities of Home Assistant's own Modbus integration as `file` and everything it includes define them: a `configuration.yaml`, a package, or a file of hubs or entities. Whatever is wrong is
 * named with its line; nothing throws, and what can be read is read.
 */
export async function readConfiguration(files: ConfigurationFiles, file: string): Promise<YamlConfiguration> {
  return (await readWithSource(files, file)).configuration;
}

/** The configuration, and what a change of its files needs to know. */
export interface ConfigurationSource {
  readonly configuration: YamlConfiguration;
  /** The map that each entity was read from. */
  readonly maps: ReadonlyMap<YamlEntity, TreeMap>;
  /** Texts of the files that were read, secrets left out. */
  readonly texts: ReadonlyMap<string, string>;
}

export async function readWithSource(files: ConfigurationFiles, file: string): Promise<ConfigurationSource> {
  const problems = new Problems();
  const { report } = problems;
  const loader = new ConfigurationLoader(files, report);
  const root = await loader.load(file);
  const read = findHubs(root, report).map((found) => readHub(found, report));
  const hubs = read.map(({ hub }) => hub);
  if (hubs.length === 0) {
    report(
      { file, line: 1 },
      "no-modbus",
      "No Modbus hub is defined here, nor in what is included. Name the file that holds modbus:, or configuration.yaml.",
    );
  }
  reportDuplicates(hubs, report);
  return {
    configuration: { hubs, problems: problems.all() },
    maps: new Map(read.flatMap(({ maps }) => [...maps])),
    texts: new Map(loader.parsed.map(({ file: name, text }) => [name, text])),
  };
}

function reportDuplicates(hubs: readonly YamlHub[], report: Report): void {
  const [names, endpoints] = [new Map<string, YamlHub>(), new Map<string, YamlHub>()];
  for (const hub of hubs) {
    const same = names.get(hub.name) ?? (hub.endpoint === "" ? undefined : endpoints.get(hub.endpoint));
    if (same !== undefined) {
      const what = same.name === hub.name ? `is called ${hub.name}` : "has the same address";
      report(
        hub,
        "hub-duplicate",
        `Another hub (${same.file}, line ${same.line}) ${what}; Home Assistant leaves this one out. Put its entities there.`,
      );
    }
    names.set(hub.name, same ?? hub);
    endpoints.set(hub.endpoint, same ?? hub);
    const known = new Map<string, number>();
    for (const entity of hub.entities) {
      const key = `${entity.domain} ${entity.name}`;
      const before = known.get(key);
      if (before !== undefined && entity.uniqueId === undefined) {
        report(
          entity,
          "entity-duplicate",
          `${entity.name} is defined in line ${before} as well; Home Assistant leaves out the second. Give it another name, or remove it.`,
        );
      }
      known.set(key, before ?? entity.line);
    }
  }
}
