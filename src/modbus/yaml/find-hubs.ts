import { itemsOf, type Report, scalarOf, type Tree, type TreeMap } from "./tree.ts";
import { platforms } from "./read-entity.ts";

/** A hub as it stands in the configuration; `isStandIn`: entities whose hub is not in this file. */
export interface FoundHub {
  readonly map: TreeMap;
  readonly isStandIn: boolean;
}

/** Domains for which, until 2020, Modbus was a platform. */
const oldDomains: readonly string[] = ["sensor", "binary_sensor", "switch", "climate", "cover"];

/**
 * Every hub in a `configuration.yaml` with its packages, in a package, in a file that holds what stands below `modbus:`, or in one that holds the entities of a hub alone.
 */
export function findHubs(root: Tree | undefined, report: Report): readonly FoundHub[] {
  if (root === undefined) return [];
  if (root.kind === "map" && !isHub(root) && !looksLikeEntity(root)) return hubsOfConfiguration(root, report);
  return hubsOfList(itemsOf(root), report);
}

function hubsOfConfiguration(root: TreeMap, report: Report): FoundHub[] {
  const found: FoundHub[] = [];
  for (const [key, { value }] of root.entries) {
    // `modbus cellar:` is a second `modbus:`, as for every integration.
    if (key === "modbus" || key.startsWith("modbus ")) found.push(...hubsOfList(itemsOf(value), report));
  }
  for (const key of oldDomains) {
    for (const item of itemsOf(root.entries.get(key)?.value)) {
      if (item.kind === "map" && scalarOf(item, "platform") === "modbus") {
        report(
          item,
          "old-platform",
          `Entities below ${key}: with platform: modbus are no longer read by Home Assistant. Move them below modbus:.`,
        );
      }
    }
  }
  const core = root.entries.get("homeassistant")?.value;
  const packages = core?.kind === "map" ? core.entries.get("packages")?.value : undefined;
  // `packages: !include_dir_named` gives names; a list of packages is one of maps.
  const named = packages?.kind === "map" ? [...packages.entries.values()].map(({ value }) => value) : itemsOf(packages);
  for (const each of named) if (each.kind === "map") found.push(...hubsOfConfiguration(each, report));
  return found;
}

function hubsOfList(items: readonly Tree[], report: Report): FoundHub[] {
  const found: FoundHub[] = [];
  const alone: Tree[] = [];
  for (const item of items) {
    if (item.kind !== "map") {
      if (item.kind === "scalar" && item.value !== null) {
        report(item, "hub-not-a-map", "A hub is expected here: a name, a type, and where it is.");
      }
    } else if (isHub(item)) found.push({ map: item, isStandIn: false });
    else if (looksLikeEntity(item)) alone.push(item);
  }
  const [first] = alone;
  if (first !== undefined) {
    report(
      first,
      "entities-without-hub",
      "These are entities of a hub in another file. Without it the bus is not known: name the file that holds the hub, or configuration.yaml.",
    );
    const value: Tree = { kind: "list", items: alone, file: first.file, line: first.line };
    const { file, line } = first;
    const key = platforms.find(({ domain }) => domain === guessDomain(alone))?.key ?? "sensors";
    found.push({ map: { kind: "map", entries: new Map([[key, { value, file, line }]]), file, line }, isStandIn: true });
  }
  return found;
}

function isHub({ entries }: TreeMap): boolean {
  const hasPlace = entries.has("type") && (entries.has("host") || entries.has("port"));
  return !entries.has("platform") && (hasPlace || platforms.some(({ key }) => entries.has(key)));
}

/** Not one of another integration, such as `platform: template`. */
function looksLikeEntity({ entries }: TreeMap): boolean {
  return entries.has("address") && !entries.has("platform");
}

/** Of entities whose key is not seen: what can be switched has a command, or is looked at again. */
function guessDomain(alone: readonly Tree[]): string {
  const isSwitched = alone.some(
    (item) => item.kind === "map" && ["command_on", "verify"].some((key) => item.entries.has(key)),
  );
  return isSwitched ? "switch" : "sensor";
}
